namespace CdcLab.AppHost.Programs;

/// <summary>
/// An unpacked MySQL server and client that are ready to start: by their own programs, or by the distribution's own loader, whose arguments
/// lead. <c>MessagesDirectory</c> holds <c>english/errmsg.sys</c>; there need be no client. The origin is for people.
/// </summary>
internal sealed record MySqlProgram(
    string Program,
    IReadOnlyList<string> LeadingArguments,
    Version Version,
    string BaseDirectory,
    string MessagesDirectory,
    string CharacterSetsDirectory,
    string PluginDirectory,
    string Origin,
    IReadOnlyList<string>? MySqlClientCommand)
{
    /// <summary>The options without which an unpacked mysqld does not find its own files; <c>--no-defaults</c> counts only as the first.</summary>
    public IReadOnlyList<string> LocationOptions =>
    [
        "--no-defaults",
        $"--basedir={BaseDirectory}",
        $"--lc-messages-dir={MessagesDirectory}",
        $"--character-sets-dir={CharacterSetsDirectory}",
        $"--plugin-dir={PluginDirectory}",
    ];
}

/// <summary>Recognises an unpacked MySQL distribution: a distribution's packages, or MySQL's own archive.</summary>
internal static class MySqlDistribution
{
    public const string Loader = "ld-linux-x86-64.so.2";

    private const string Messages = "english/errmsg.sys";

    /// <returns>Null and in <paramref name="fault"/> what is wrong, to be put after the folder's name, when it is none.</returns>
    public static MySqlProgram? Read(string home, Version version, string origin, out string fault)
    {
        fault = "";
        if (Server(home) is not { } server)
        {
            fault = Directory.Exists(home) ? "has neither bin/mysqld nor usr/sbin/mysqld" : "is no folder";
            return null;
        }

        // MySQL's archive has its files below its root, a distribution's packages below usr.
        var root = server.StartsWith(Path.Combine(home, "usr") + "/", StringComparison.Ordinal) ? Path.Combine(home, "usr") : home;
        var messages = FirstWith(root, Messages, "share/mysql", "share", "share/mysql-8.0", "share/mysql-8.4");
        var characterSets = FirstWith(root, "Index.xml", "share/mysql/charsets", "share/charsets", "share/mysql-8.0/charsets", "share/mysql-8.4/charsets");
        if (messages is null || characterSets is null)
        {
            fault = $"lacks {(messages is null ? Messages : "charsets/Index.xml")} below its share folder";
            return null;
        }

        var plugins = FirstWith(root, "", "lib/mysql/plugin", "lib/plugin", "lib64/mysql/plugin") ?? Path.Combine(root, "lib/plugin");
        var client = Path.Combine(root, "bin", "mysql");
        var command = CommandOf(home, server);
        return new MySqlProgram(
            command[0], [.. command.Skip(1)], version, root, messages, characterSets, plugins, origin, Tool.IsExecutable(client) ? CommandOf(home, client) : null);
    }

    /// <summary>What starts the server of <paramref name="home"/>; null when there is none.</summary>
    public static IReadOnlyList<string>? ServerCommand(string home) => Server(home) is { } server ? CommandOf(home, server) : null;

    private static string? Server(string home)
        => ((string[])["usr/sbin/mysqld", "bin/mysqld", "sbin/mysqld", "libexec/mysqld"]).Select(path => Path.Combine(home, path)).FirstOrDefault(Tool.IsExecutable);

    /// <summary>What starts a program. One with libraries of its own must be started by the loader that fits them.</summary>
    private static IReadOnlyList<string> CommandOf(string home, string program)
    {
        var libraries = FirstWith(home, Loader, "lib", "usr/lib/x86_64-linux-gnu", "lib/x86_64-linux-gnu");
        // The machine's own system ("/" or "/usr") has a loader too: that one starts its programs anyway.
        if (libraries is null || home is "/" or "/usr")
            return [program];
        // Without --argv0 mysqld would take the loader for itself; without --inhibit-cache the machine's libraries could come first.
        return [Path.Combine(libraries, Loader), "--inhibit-cache", "--library-path", libraries, "--argv0", program, program];
    }

    private static string? FirstWith(string root, string file, params IEnumerable<string> folders)
        => folders.Select(folder => Path.Combine(root, folder)).FirstOrDefault(folder => Path.Exists(Path.Combine(folder, file)));
}
