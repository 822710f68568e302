using CdcLab.Runtime.Standalone.Data;
using CdcLab.Runtime.Standalone.Processes;

namespace CdcLab.Runtime.Standalone;

/// <summary>Runs a process of the lab to its end, known to the run file while it runs.</summary>
/// <param name="name">Its name in the run file, and its log's.</param>
/// <param name="what">What it is, at the beginning of a sentence.</param>
/// <param name="directory">Where its log lies.</param>
/// <param name="runFile">The run file.</param>
internal sealed class OneShot(string name, string what, DataDirectory directory, RunFile runFile)
{
    /// <summary>Runs it.</summary>
    /// <exception cref="ServerStartException">Its exit code was not 0.</exception>
    public async Task RunAsync(LaunchSpec spec, CancellationToken cancellationToken)
    {
        using ServerLog log = new(Path.Combine(directory.Folder("logs"), name + ".log"));
        using ServerProcess process = ServerProcess.Start(spec, log, (pid, start) => runFile.Add(name, pid, start));
        try
        {
            int code = await process.Ended.WaitAsync(cancellationToken);
            if (code != 0)
                throw new ServerStartException($"{what} ended with exit code {code}. Its last lines:{string.Concat(log.Tail(8).Select(l => "\n  " + l))}");
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
