using System.Collections;

namespace CdcLab.AppHost.Processes;

/// <summary>The launch of a server inside its memory cap and without the variables that would change it.</summary>
internal static class CapLaunch
{
    // $1 is the group's file or empty; the rest is the command. By exec the server keeps the process id that Aspire knows, and signals reach it directly.
    private const string Enter = """if [ -n "$1" ]; then echo $$ > "$1" || exit 126; fi; shift; exec "$@" """;

    /// <summary>Wraps a command.</summary>
    /// <param name="group">The cap.</param>
    /// <param name="program">The server's program.</param>
    /// <param name="args">Its arguments.</param>
    /// <param name="keep">Names of variables that the lab itself sets for this server: they are not removed.</param>
    /// <returns>The program and the arguments to start instead.</returns>
    public static (string Program, IReadOnlyList<string> Args) Wrap(CapGroup group, string program, IEnumerable<string> args, IEnumerable<string>? keep = null)
    {
        string[] removed = [.. InheritedEnvironment.ToRemove().Except(keep ?? [], StringComparer.Ordinal)];
        string[] command = [.. group.Wrapper, program, .. args];
        if (group.ProcsFile is null && removed.Length == 0)
            return (command[0], command[1..]);
        // An empty value is not the same as none (an empty CLASSPATH is the current folder), and Aspire cannot take a variable away: so the shell does it.
        string unset = removed.Length == 0 ? "" : $"unset {string.Join(' ', removed)}; ";
        return ("/bin/sh", ["-c", unset + Enter.TrimEnd(), "sh", group.ProcsFile ?? "", .. command]);
    }
}

/// <summary>The variables of the user's environment that would change the lab's servers.</summary>
internal static class InheritedEnvironment
{
    // Options for other Java programs; LD_*: mysqld may run with another C library than the machine's; UMASK*, NOTIFY_SOCKET: read by mysqld.
    private static readonly string[] Names =
        ["JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS", "CLASSPATH", "LD_PRELOAD", "LD_LIBRARY_PATH", "UMASK", "UMASK_DIR", "NOTIFY_SOCKET", "JMX_PORT"];

    private static readonly string[] Prefixes = ["KAFKA_", "ZOOKEEPER_", "MYSQL_", "MYSQLD_", "MYSQLX_"];

    /// <summary>Those that this process has and would hand down.</summary>
    public static IReadOnlyList<string> ToRemove() => ToRemove(Environment.GetEnvironmentVariables().Cast<DictionaryEntry>().Select(v => (string)v.Key));

    /// <summary>Those among the given names that a shell can remove.</summary>
    internal static IReadOnlyList<string> ToRemove(IEnumerable<string> inherited) =>
    [
        .. inherited
            .Where(n => Names.Contains(n, StringComparer.Ordinal) || Prefixes.Any(p => n.StartsWith(p, StringComparison.Ordinal)))
            .Where(n => n.All(c => char.IsAsciiLetterOrDigit(c) || c == '_'))
            .Order(StringComparer.Ordinal),
    ];
}
