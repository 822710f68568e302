using CdcLab.Runtime.Standalone.Data;
using CdcLab.Runtime.Standalone.Processes;

namespace CdcLab.Runtime.Standalone;

/// <summary>Runs a process of the lab to its end, known to the run file while it runs.</summary>
internal sealed class OneShot(DataDirectory directory, RunFile runFile)
{
    /// <summary>Runs it.</summary>
    /// <exception cref="ServerStartException">Its exit code was not 0.</exception>
    public async Task RunAsync(LaunchSpec spec, CancellationToken cancellationToken)
    {
        using ServerLog log = new(Path.Combine(directory.Folder("logs"), "initialization.log"));
        using ServerProcess process = ServerProcess.Start(spec, log, (pid, start) => runFile.Add("initialization", pid, start));
        try
        {
            int code = await process.Ended.WaitAsync(cancellationToken);
            if (code != 0)
                throw new ServerStartException($"The initialization of MySQL ended with exit code {code}. Its last lines:{string.Concat(log.Tail(8).Select(l => "\n  " + l))}");
        }
        catch (OperationCanceledException)
        {
            process.Signal(Signal.Kill);
            await process.Ended;
            throw;
        }
        finally
        {
            runFile.Remove(process.Pid);
        }
    }
}
