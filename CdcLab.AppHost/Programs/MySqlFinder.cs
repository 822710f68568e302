namespace CdcLab.AppHost.Programs;

/// <summary>An unpacked MySQL server and client that are ready to start: by their own programs, or by the distribution's own loader, whose arguments
/// lead. <c>MessagesDirectory</c> holds <c>english/errmsg.sys</c>; there need be no client. The origin is for people.</summary>
internal sealed record MySqlProgram(
    string Program, IReadOnlyList<string> LeadingArguments, Version Version, string BaseDirectory, string MessagesDirectory,
    string CharacterSetsDirectory, string PluginDirectory, string Origin, IReadOnlyList<string>? MySqlClientCommand)
{
    // Without them an unpacked mysqld does not find its own files; --no-defaults counts only as the first.
    public IReadOnlyList<string> LocationOptions =>
    [
        "--no-defaults", $"--basedir={BaseDirectory}", $"--lc-messages-dir={MessagesDirectory}",
        $"--character-sets-dir={CharacterSetsDirectory}", $"--plugin-dir={PluginDirectory}",
    ];
}

/// <summary>Recognises an unpacked MySQL distribution: a distribution's packages, or MySQL's own archive.</summary>
internal static class MySqlDistribution
{
    public const string Loader = "ld-linux-x86-64.so.2";

    private const string Messages = "english/errmsg.sys";

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
        var clientCommand = Tool.IsExecutable(client) ? CommandOf(home, client) : null;
        return new MySqlProgram(command[0], [.. command.Skip(1)], version, root, messages, characterSets, plugins, origin, clientCommand);
    }

    private static string? Server(string home) => ((string[])["usr/sbin/mysqld", "bin/mysqld", "sbin/mysqld", "libexec/mysqld"])
        .Select(path => Path.Combine(home, path)).FirstOrDefault(Tool.IsExecutable);

    // A program with libraries of its own must be started by the loader that fits them.
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

/// <summary>Finds MySQL on this machine, or fetches server, client and their libraries from the distribution's archive once.</summary>
internal sealed class MySqlFinder(ProgramCache cache, Func<string, string?> environment)
{
    private const string Part = "mysql";
    private const string HomeVariable = "MYSQL_HOME";
    private const string WhatToDo = "set it to an unpacked MySQL (8.0 or later), or unset it to have one fetched";
    private const string SetHome = "set MYSQL_HOME to an unpacked MySQL (8.0 or later)";
    private const string TryAgain = "Try again later, or " + SetHome;
    private const string ServerPackage = "mysql-server-core";
    private const string ClientPackage = "mysql-client-core";

    // Stable Debian has MariaDB in its place, which is not MySQL.
    private const string DebianSuite = "sid";

    private static readonly Version Oldest = new(8, 0);

    public async Task<MySqlProgram> FindAsync(IProgress<FetchProgress> progress, CancellationToken cancellationToken)
    {
        if (environment(HomeVariable) is { Length: > 0 } home)
            return await AtHomeAsync(home, cancellationToken);
        // The loader takes a list of folders with colons between them, and knows no way to quote one.
        if (cache.Root.Contains(':', StringComparison.Ordinal) || cache.Root.Contains(';', StringComparison.Ordinal))
        {
            throw new ProgramUnavailableException(
                $"The cache folder, {cache.Root}, has a colon or semicolon in its name, which MySQL's loader cannot take: set XDG_CACHE_HOME to another one.");
        }

        PartProgress throttled = new(Part, progress);
        var part = await cache.GetAsync(
            Part, manifest => manifest.Number >= Oldest, (work, token) => FetchAsync(work, throttled, token), throttled, cancellationToken);
        return MySqlDistribution.Read(part.Folder, part.Manifest.Number, part.Manifest.Origin, out var fault)
            ?? throw new ProgramUnavailableException($"{part.Folder} {fault}: remove it, then try again.");
    }

    // As far as a look at the files tells.
    public static string? HomeFault(Func<string, string?> environment)
        => environment(HomeVariable) is { Length: > 0 } home && MySqlDistribution.Read(Folder(home), Oldest, HomeVariable, out var fault) is null
            ? $"{HomeVariable}, {home}, {fault}: {WhatToDo}."
            : null;

    private static string Folder(string home) => Path.TrimEndingDirectorySeparator(Path.GetFullPath(home));

    private static async Task<MySqlProgram> AtHomeAsync(string home, CancellationToken cancellationToken)
    {
        if (MySqlDistribution.Read(Folder(home), Oldest, HomeVariable, out var fault) is { } found)
        {
            var result = await SaidVersionAsync(found, cancellationToken);
            // "/usr/sbin/mysqld  Ver 8.0.36-0ubuntu0.22.04.1 for Linux on x86_64 ((Ubuntu))"
            var said = string.Join(' ', result.Output);
            var version = said.IndexOf("Ver ", StringComparison.Ordinal) is >= 0 and var at ? VersionText.Number(said[(at + 4)..]) : null;
            if (result.ExitCode != 0)
                fault = $"has a mysqld that does not start ({result.LastError})";
            else if (said.Contains("MariaDB", StringComparison.OrdinalIgnoreCase))
                fault = "is MariaDB, which is not MySQL";
            else if (version is null || version < Oldest)
                fault = $"is not MySQL 8.0 or later ({said})";
            else
                return found with { Version = version };
        }

        throw new ProgramUnavailableException($"{HomeVariable}, {home}, {fault}: {WhatToDo}.");
    }

    private static Task<ToolResult> SaidVersionAsync(MySqlProgram program, CancellationToken cancellationToken)
        => Tool.RunAsync([program.Program, .. program.LeadingArguments], ["--no-defaults", "--version"], null, null, cancellationToken);

    private async Task<FetchedPart> FetchAsync(string work, PartProgress progress, CancellationToken cancellationToken)
    {
        var apt = await Apt.OpenAsync(work, DebianSuite, environment, progress, cancellationToken);
        // Ubuntu names the packages after their series; the plain name wins where it exists.
        string? chosen = null;
        foreach (var series in (string[])["-8.0", "-8.4", ""])
            chosen = await apt.HasAsync(ServerPackage + series, cancellationToken) ? series : chosen;
        if (chosen is null)
            throw new ProgramUnavailableException($"{apt.Origin}'s archive has no {ServerPackage} at the moment: {SetHome}.");

        var packages = await apt.ListAsync("install", [ServerPackage + chosen, ClientPackage + chosen], cancellationToken);
        var tree = Path.Combine(work, "tree");
        var others = Path.Combine(work, "others");
        await apt.FetchAsync(
            packages, package => package.Name == ServerPackage + chosen || package.Name == ClientPackage + chosen ? tree : others, cancellationToken);
        await CollectLibrariesAsync(others, tree, cancellationToken);
        TreeLinks.Rebase(tree);

        // An unfinished transition in sid may leave a server that does not start: better seen here than in the lab.
        var server = packages.Single(package => package.Name == ServerPackage + chosen);
        var program = MySqlDistribution.Read(tree, Oldest, "", out var fault) ?? throw new ProgramUnavailableException($"{server} {fault}: {SetHome}.");
        var result = await SaidVersionAsync(program, cancellationToken);
        return result.ExitCode == 0
            ? new FetchedPart(tree, server.VersionWithoutEpoch, $"{apt.Origin}'s {server}", [.. packages.Select(package => package.ToString())])
            : throw new ProgramUnavailableException($"{server} does not start on this machine: {result.LastError}. {TryAgain}.");
    }

    // Each library lies under the name by which it is needed, in one folder: the loader finds it at the first look.
    private static async Task CollectLibrariesAsync(string packages, string tree, CancellationToken cancellationToken)
    {
        string[] folders = [$"{packages}/usr/lib/x86_64-linux-gnu", $"{packages}/lib/x86_64-linux-gnu", $"{packages}/usr/lib"];
        var loader = folders.Select(folder => Path.Combine(folder, MySqlDistribution.Loader)).FirstOrDefault(File.Exists)
            ?? throw new ProgramUnavailableException($"libc6, as fetched by apt, contains no {MySqlDistribution.Loader}: {SetHome}.");
        Dictionary<string, string> libraries = new() { [MySqlDistribution.Loader] = loader };
        // What the lab starts. The client's package holds many more programs, and scripts.
        foreach (var program in (string[])["usr/sbin/mysqld", "usr/bin/mysql"])
        {
            foreach (var (name, file) in await LibrariesOfAsync(Path.Combine(tree, program), loader, folders, cancellationToken))
                libraries[name] = file;
        }

        var lib = Directory.CreateDirectory(Path.Combine(tree, "lib")).FullName;
        foreach (var (name, file) in libraries)
            File.Copy(file, Path.Combine(lib, name));
    }

    /// <summary>Asks the loader for all libraries of a program: their files by the names by which they are needed.</summary>
    internal static async Task<IReadOnlyDictionary<string, string>> LibrariesOfAsync(
        string program, string loader, IReadOnlyList<string> folders, CancellationToken cancellationToken)
    {
        // The mask: no copies for newer processors, for the cache may be copied to a machine with an older one.
        string[] arguments = ["--inhibit-cache", "--glibc-hwcaps-mask", "", "--library-path", string.Join(':', folders), "--list", program];
        var result = await Tool.RunAsync([loader], arguments, null, null, cancellationToken);
        if (result.ExitCode != 0)
            throw new ProgramUnavailableException($"{Path.GetFileName(program)}, as fetched by apt, cannot be loaded: {result.LastError}. {TryAgain}.");
        // "libz.so.1 => /folder/libz.so.1 (0x00007f278a1f000)" or "libz.so.1 => not found"
        var found = result.Output.Select(line => line.Trim().Split(" => ")).Where(line => line.Length == 2)
            .ToDictionary(line => Path.GetFileName(line[0]), line => line[1].Split(" (0x")[0]);
        // After the folders the loader looks into the machine's own (seen), which another machine need not have.
        var missing = found.Where(library => !folders.Contains(Path.GetDirectoryName(library.Value))).Select(library => library.Key).ToList();
        return missing.Count == 0
            ? found
            : throw new ProgramUnavailableException(
                $"{string.Join(", ", missing)}, needed by {Path.GetFileName(program)}, is in none of the packages that it depends on. {TryAgain}.");
    }
}

/// <summary>Mends the links of packages that were unpacked below a folder instead of at the root of the system.</summary>
internal static class TreeLinks
{
    /// <summary>Makes each absolute link below <paramref name="root"/> relative when its target is below it too, and removes it when it is not:
    /// it would lead to a file of the machine that only happens to have the name.</summary>
    public static void Rebase(string root)
    {
        EnumerationOptions options = new() { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.None };
        foreach (var link in new DirectoryInfo(root).EnumerateFileSystemInfos("*", options).Where(entry => Path.IsPathRooted(entry.LinkTarget)).ToList())
        {
            var inside = Path.Combine(root, link.LinkTarget!.TrimStart('/'));
            link.Delete();
            if (Path.Exists(inside))
                File.CreateSymbolicLink(link.FullName, Path.GetRelativePath(Path.GetDirectoryName(link.FullName)!, inside));
        }
    }
}
