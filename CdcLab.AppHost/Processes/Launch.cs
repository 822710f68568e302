namespace CdcLab.AppHost.Processes;

internal sealed record LaunchCommand(string Program, IReadOnlyList<string> Arguments, string WorkingDirectory);

/// <summary>How programs are started: inside a memory cap, without the user's variables that would change them, to their end.</summary>
internal static partial class Launch
{
    // $1 is the group's file or empty; the rest is the command. By exec the server keeps the process id that Aspire knows, and signals reach it directly.
    private const string Enter = """if [ -n "$1" ]; then echo $$ > "$1" || exit 126; fi; shift; exec "$@" """;

    // The program ends with this process, however this process ends: the shell reads a pipe that only this process holds open, also when all of its group were told to end.
    private const string Tied = """exec 3<&0; "$@" </dev/null & program=$!; { trap '' TERM HUP; read -r _ <&3; kill -KILL $program; } 2>/dev/null & watch=$!; wait $program; code=$?; kill -KILL $watch 2>/dev/null; exit $code""";
    private const int KeptLines = 3;

    // Options for other Java programs; LD_*: mysqld may run with another C library than the machine's; UMASK*, NOTIFY_SOCKET: read by mysqld.
    private static readonly string[] RemovedNames =
        ["JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS", "CLASSPATH", "LD_PRELOAD", "LD_LIBRARY_PATH", "UMASK", "UMASK_DIR", "NOTIFY_SOCKET", "JMX_PORT"];

    private static readonly string[] RemovedPrefixes = ["KAFKA_", "ZOOKEEPER_", "MYSQL_", "MYSQLD_", "MYSQLX_"];

    /// <summary>What to start instead of a server's program, so that it runs inside its cap.</summary>
    public static (string Program, string[] Arguments) InCap(CapGroup group, string program, IEnumerable<string> arguments)
    {
        string[] removed = [.. Removed(Environment.GetEnvironmentVariables().Keys.Cast<string>())];
        string[] command = [.. group.Wrapper, program, .. arguments];
        if (group.ProcsFile is null && removed.Length == 0)
            return (command[0], command[1..]);
        // An empty value is not the same as none (an empty CLASSPATH is the current folder), and Aspire cannot take a variable away: so the shell does it.
        string unset = removed.Length == 0 ? "" : $"unset {string.Join(' ', removed)}; ";
        return ("/bin/sh", ["-c", unset + Enter.TrimEnd(), "sh", group.ProcsFile ?? "", .. command]);
    }

    /// <summary>The shell's words in a file of their own: what Aspire shows of the server is then that file's name, and not the words.</summary>
    public static (string Program, string[] Arguments) AsScript(string path, (string Program, string[] Arguments) launch)
    {
        if (launch is not { Program: "/bin/sh", Arguments: ["-c", var words, _, var group, .. var rest] })
            return launch;
        File.WriteAllText(path, $"#!/bin/sh\nset -- '{group}' \"$@\"\n{words}\n");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return (path, rest);
    }

    /// <summary>Runs a program to its end, such as the initialization of MySQL's data folder; its output goes to a log.</summary>
    /// <exception cref="InvalidOperationException">It ended with another exit code than 0; the message has its last lines.</exception>
    public static async Task RunAsync(string what, LaunchCommand command, ILogger log, CancellationToken cancellationToken)
    {
        ProcessStartInfo start = new("/bin/sh", ["-c", Tied, "sh", command.Program, .. command.Arguments])
        {
            UseShellExecute = false,
            WorkingDirectory = command.WorkingDirectory,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (string name in Removed([.. start.Environment.Keys]))
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
            throw new InvalidOperationException($"{what} ended with exit code {process.ExitCode}: {string.Join(" | ", last)}");

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

    /// <summary>The variables among the given ones that would change a server, and that a shell can remove.</summary>
    internal static IEnumerable<string> Removed(IEnumerable<string> inherited) => inherited
        .Where(n => RemovedNames.Contains(n) || RemovedPrefixes.Any(p => n.StartsWith(p, StringComparison.Ordinal)))
        .Where(n => n.All(c => char.IsAsciiLetterOrDigit(c) || c == '_'))
        .Order(StringComparer.Ordinal);

    [LoggerMessage(21, LogLevel.Information, "{Line}")]
    private static partial void Line(ILogger log, string line);
}
