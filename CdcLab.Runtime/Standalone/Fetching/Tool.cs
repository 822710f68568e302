using System.ComponentModel;
using CliWrap;

namespace CdcLab.Runtime.Standalone.Fetching;

/// <summary>A short-lived tool of the machine, run to its end.</summary>
internal static class Tool
{
    // 128 + signal, as shells count. Ctrl+C in a terminal reaches the tool itself, just before it reaches our cancellation token.
    private const int FirstSignalExitCode = 129;
    private static readonly TimeSpan CancellationGrace = TimeSpan.FromSeconds(1);

    /// <summary>Runs a tool.</summary>
    /// <param name="command">The program and its first arguments.</param>
    /// <param name="arguments">The rest of its arguments.</param>
    /// <param name="workingDirectory">Its working directory; this process's own when null.</param>
    /// <param name="onOutputLine">Given each line of its standard output as it comes; may be null.</param>
    /// <param name="cancellationToken">Kills the tool with everything that it started.</param>
    /// <exception cref="UnavailableException">The machine has no such tool.</exception>
    public static async Task<ToolResult> RunAsync(
        IReadOnlyList<string> command,
        IEnumerable<string> arguments,
        string? workingDirectory,
        Action<string>? onOutputLine,
        CancellationToken cancellationToken)
    {
        var output = new List<string>();
        var error = new List<string>();
        try
        {
            var result = await Cli.Wrap(command[0])
                .WithArguments([.. command.Skip(1), .. arguments])
                .WithWorkingDirectory(workingDirectory ?? Environment.CurrentDirectory)
                // What the tools say is read: it must be in English.
                .WithEnvironmentVariables(variables => variables.Set("LC_ALL", "C").Set("LANGUAGE", "C"))
                .WithValidation(CommandResultValidation.None)
                .WithStandardOutputPipe(PipeTarget.ToDelegate(line =>
                {
                    output.Add(line);
                    onOutputLine?.Invoke(line);
                }))
                .WithStandardErrorPipe(PipeTarget.ToDelegate(error.Add))
                .ExecuteAsync(cancellationToken);
            if (result.ExitCode >= FirstSignalExitCode)
                await Task.Delay(CancellationGrace, cancellationToken);
            return new ToolResult(result.ExitCode, output, error);
        }
        catch (Win32Exception e)
        {
            throw new UnavailableException($"{command[0]} cannot be started: {e.Message}.");
        }
    }
}
