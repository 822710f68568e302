namespace CdcLab.Runtime.Standalone.Fetching;

/// <summary>An unpacked MySQL server and client that are ready to start.</summary>
/// <param name="Command">The program and the arguments that come before mysqld's own options. It may be the distribution's own loader.</param>
/// <param name="Version">The server's version.</param>
/// <param name="BaseDirectory">For <c>--basedir</c>.</param>
/// <param name="MessagesDirectory">For <c>--lc-messages-dir</c>: the folder that holds <c>english/errmsg.sys</c>.</param>
/// <param name="CharacterSetsDirectory">For <c>--character-sets-dir</c>.</param>
/// <param name="PluginDirectory">For <c>--plugin-dir</c>.</param>
/// <param name="Origin">Where it came from, for people: "MYSQL_HOME" or the package and its version.</param>
/// <param name="MySqlClientCommand">What starts the <c>mysql</c> client of the same distribution; null when it has none.</param>
public sealed record MySqlInstallation(
    IReadOnlyList<string> Command,
    Version Version,
    string BaseDirectory,
    string MessagesDirectory,
    string CharacterSetsDirectory,
    string PluginDirectory,
    string Origin,
    IReadOnlyList<string>? MySqlClientCommand)
{
    /// <summary>
    /// The options without which an unpacked mysqld does not find its own files, in the order that mysqld needs
    /// (<c>--no-defaults</c> counts only as the first).
    /// </summary>
    public IReadOnlyList<string> LocationOptions =>
    [
        "--no-defaults",
        $"--basedir={BaseDirectory}",
        $"--lc-messages-dir={MessagesDirectory}",
        $"--character-sets-dir={CharacterSetsDirectory}",
        $"--plugin-dir={PluginDirectory}",
    ];
}
