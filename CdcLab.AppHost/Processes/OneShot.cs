namespace CdcLab.AppHost.Processes;

/// <summary>Runs a program to its end, such as the initialization of MySQL's data folder.</summary>
internal static partial class OneShot
{
    // The program ends with this process, however this process ends: the shell reads a pipe that only this process holds open.
    private const string Script = """exec 3<&0; "$@" </dev/null & program=$!; { read -r _ <&3; kill -KILL $program; } 2>/dev/null & watch=$!; wait $program; code=$?; kill $watch 2>/dev/null; exit $code""";
    private const int KeptLines = 3;

    /// <summary>Runs it; its output goes to a log.</summary>
    /// <exception cref="InvalidOperationException">It ended with another exit code than 0; the message has its last lines.</exception>
    public static async Task RunAsync(string what, LaunchCommand command, ILogger log, CancellationToken cancellationToken)
    {
        ProcessStartInfo start = new("/bin/sh") { UseShellExecute = false, WorkingDirectory = command.WorkingDirectory, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (string argument in (string[])["-c", Script, "sh", command.Program, .. command.Arguments])
            start.ArgumentList.Add(argument);
        foreach (string name in InheritedEnvironment.ToRemove())
            start.Environment.Remove(name);
        Queue<string> last = new();
        using Process process = new() { StartInfo = start };
        process.OutputDataReceived += (_, e) => Keep(e.Data);
        process.ErrorDataReceived += (_, e) => Keep(e.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        try
        {
            await process.WaitForExitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            process.StandardInput.Close();
            await process.WaitForExitAsync(CancellationToken.None);
            throw;
        }

        if (process.ExitCode != 0)
        {
            lock (last)
                throw new InvalidOperationException($"{what} ended with exit code {process.ExitCode}: {string.Join(" | ", last)}");
        }

        void Keep(string? line)
        {
            if (string.IsNullOrWhiteSpace(line))
                return;
            Line(log, line);
            lock (last)
            {
                last.Enqueue(line);
                if (last.Count > KeptLines)
                    last.Dequeue();
            }
        }
    }

    [LoggerMessage(21, LogLevel.Information, "{Line}")]
    private static partial void Line(ILogger log, string line);
}
