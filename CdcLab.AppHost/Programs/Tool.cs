using System.ComponentModel;
using System.Text.RegularExpressions;

namespace CdcLab.AppHost.Programs;

/// <summary>A short-lived tool of the machine, run to its end.</summary>
internal static class Tool
{
    private const UnixFileMode Execute = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    // Cancellation kills it with everything that it started.
    public static async Task<ToolResult> RunAsync(
        IReadOnlyList<string> command, IEnumerable<string> arguments, string? folder, Action<string>? onOutputLine, CancellationToken cancellationToken)
    {
        ProcessStartInfo start = new(command[0], [.. command.Skip(1), .. arguments])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = folder ?? "",
        };
        // What the tools say is read: it must be in English.
        start.Environment["LC_ALL"] = "C";
        start.Environment["LANGUAGE"] = "C";
        using Process process = new() { StartInfo = start };
        try
        {
            process.Start();
        }
        catch (Win32Exception e)
        {
            throw new ProgramUnavailableException($"{command[0]} cannot be started: {e.Message}.");
        }

        process.StandardInput.Close();
        var output = ReadAsync(process.StandardOutput, onOutputLine, cancellationToken);
        var error = ReadAsync(process.StandardError, null, cancellationToken);
        try
        {
            await Task.WhenAll(output, error);
            await process.WaitForExitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync(CancellationToken.None);
            throw;
        }

        return new ToolResult(process.ExitCode, await output, await error);
    }

    public static string? Find(string name, Func<string, string?> environment)
        => (environment("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries)
            .Where(Path.IsPathRooted)
            .Select(folder => Path.Combine(folder, name))
            .FirstOrDefault(IsExecutable);

    public static bool IsExecutable(string path) => File.Exists(path) && (File.GetUnixFileMode(path) & Execute) != UnixFileMode.None;

    private static async Task<List<string>> ReadAsync(StreamReader reader, Action<string>? onLine, CancellationToken cancellationToken)
    {
        List<string> lines = [];
        while (await reader.ReadLineAsync(cancellationToken) is { } line)
        {
            lines.Add(line);
            onLine?.Invoke(line);
        }

        return lines;
    }
}

internal sealed record ToolResult(int ExitCode, IReadOnlyList<string> Output, IReadOnlyList<string> Error)
{
    public string LastError => Error.LastOrDefault(line => !string.IsNullOrWhiteSpace(line))?.Trim().TrimEnd('.') ?? $"exit code {ExitCode}";
}

internal static partial class VersionText
{
    /// <summary>The first two to four numbers with dots between them: 9.7.4 of <c>1:9.7.4-2</c>; null when there are none.</summary>
    public static Version? Number(string text)
        => Numbers().Match(text) is { Success: true } match && Version.TryParse(match.Value, out var version) ? version : null;

    // A lone number before a colon is a Debian epoch, not a part of the version.
    [GeneratedRegex(@"(?<![\d.])\d{1,9}(\.\d{1,9}){1,3}", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Numbers();
}
