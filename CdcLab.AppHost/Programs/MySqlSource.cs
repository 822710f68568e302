namespace CdcLab.AppHost.Programs;

/// <summary>Finds MySQL on this machine, or fetches it once.</summary>
/// <param name="cache">Where what was fetched is kept.</param>
/// <param name="environment">Reads an environment variable (<c>MYSQL_HOME</c>, <c>PATH</c>); the process's own when null.</param>
internal sealed class MySqlSource(ProgramCache cache, Func<string, string?> environment)
{
    private const string Part = "mysql";
    private const string HomeVariable = "MYSQL_HOME";

    private const string WhatToDo = "set it to an unpacked MySQL (8.0 or later), or unset it to have one fetched";

    private static readonly Version Oldest = new(8, 0);

    /// <summary>Finds MySQL, or fetches it into the cache.</summary>
    /// <param name="progress">Told of what is done, about ten times a second at most.</param>
    /// <param name="cancellationToken">Ends what is under way and leaves nothing half done.</param>
    /// <exception cref="ProgramUnavailableException">It cannot be had on this machine; the message says what to do.</exception>
    public async Task<MySqlProgram> FindAsync(IProgress<FetchProgress> progress, CancellationToken cancellationToken)
    {
        if (environment(HomeVariable) is { Length: > 0 } home)
            return await AtHomeAsync(home, cancellationToken);
        // The loader takes a list of folders with colons between them, and knows no way to quote one.
        if (cache.Root.Contains(':', StringComparison.Ordinal) || cache.Root.Contains(';', StringComparison.Ordinal))
            throw new ProgramUnavailableException($"The cache folder, {cache.Root}, has a colon or semicolon in its name, which MySQL's loader cannot take: set XDG_CACHE_HOME to another folder.");

        var throttled = new ThrottledProgress(Part, progress, TimeProvider.System);
        var part = await cache.GetAsync(
            Part, manifest => manifest.Number >= Oldest, (work, token) => MySqlPackages.FetchAsync(work, environment, throttled, token), throttled, cancellationToken);
        return MySqlDistribution.Read(part.Folder, part.Manifest.Number, part.Manifest.Origin, out var fault)
            ?? throw new ProgramUnavailableException($"{part.Folder} {fault}: remove it, then try again.");
    }

    /// <summary>What is wrong with <c>MYSQL_HOME</c>, as far as a look at its files tells; null when nothing is, or it is not set.</summary>
    public static string? HomeFault(Func<string, string?> environment)
        => environment(HomeVariable) is { Length: > 0 } home
            && MySqlDistribution.Read(Path.TrimEndingDirectorySeparator(Path.GetFullPath(home)), Oldest, HomeVariable, out var fault) is null
            ? $"{HomeVariable}, {home}, {fault}: {WhatToDo}."
            : null;

    private static async Task<MySqlProgram> AtHomeAsync(string home, CancellationToken cancellationToken)
    {
        var folder = Path.TrimEndingDirectorySeparator(Path.GetFullPath(home));
        if (MySqlDistribution.ServerCommand(folder) is not { } command)
            throw new ProgramUnavailableException($"{HomeVariable}, {home}, {(Directory.Exists(folder) ? "has neither bin/mysqld nor usr/sbin/mysqld" : "is no folder")}: {WhatToDo}.");
        var result = await Tool.RunAsync(command, ["--no-defaults", "--version"], null, null, cancellationToken);
        var said = string.Join(' ', result.Output);
        if (result.ExitCode != 0)
            throw new ProgramUnavailableException($"{HomeVariable}, {home}, has a mysqld that does not start ({result.LastError}): {WhatToDo}.");
        if (said.Contains("MariaDB", StringComparison.OrdinalIgnoreCase))
            throw new ProgramUnavailableException($"{HomeVariable}, {home}, is MariaDB, which is not MySQL: {WhatToDo}.");
        if (ServerVersion(said) is not { } version || version < Oldest)
            throw new ProgramUnavailableException($"{HomeVariable}, {home}, is not MySQL 8.0 or later ({said}): {WhatToDo}.");
        return MySqlDistribution.Read(folder, version, HomeVariable, out var fault)
            ?? throw new ProgramUnavailableException($"{HomeVariable}, {home}, {fault}: {WhatToDo}.");
    }

    /// <summary>The version in what <c>mysqld --version</c> says: "/usr/sbin/mysqld  Ver 8.0.36-0ubuntu0.22.04.1 for Linux on x86_64 ((Ubuntu))".</summary>
    internal static Version? ServerVersion(string said)
        => said.IndexOf("Ver ", StringComparison.Ordinal) is >= 0 and var at ? VersionText.Number(said[(at + 4)..]) : null;
}
