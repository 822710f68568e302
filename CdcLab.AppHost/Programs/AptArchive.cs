namespace CdcLab.AppHost.Programs;

/// <summary>Finds, among the machine's apt sources, the distribution's own archive, and opens a suite of it.</summary>
/// <param name="Sources">The machine's sources, in apt's order.</param>
/// <param name="Known">Whose they are, as far as the machine has their lists.</param>
/// <param name="IsUbuntu">Whether the machine runs Ubuntu or something made from it.</param>
internal sealed record AptArchive(IReadOnlyList<AptSource> Sources, IReadOnlyList<AptRelease> Known, bool IsUbuntu)
{
    /// <summary>Reads the machine's sources.</summary>
    /// <exception cref="ProgramUnavailableException">There is no apt here, or no sources.</exception>
    public static async Task<AptArchive> ReadMachineAsync(Func<string, string?> environment, CancellationToken cancellationToken)
    {
        foreach (var tool in (string[])["apt-get", "apt-cache", "apt-config", "dpkg-deb"])
        {
            if (Tool.Find(tool, environment) is null)
                throw new ProgramUnavailableException($"There is no {tool} on this machine, so nothing can be fetched from Debian or Ubuntu: set MYSQL_HOME to an unpacked MySQL, and JAVA_HOME to a Java (11 to 21).");
        }

        // apt says itself where its sources lie; they may have been moved.
        var files = await Tool.RunAsync(["apt-config"], ["shell", "LIST", "Dir::Etc::sourcelist/f", "PARTS", "Dir::Etc::sourceparts/d"], null, null, cancellationToken);
        var paths = files.Output.Select(line => line.Split('=', 2)).Where(pair => pair.Length == 2).ToDictionary(pair => pair[0], pair => pair[1].Trim('\''), StringComparer.Ordinal);
        var sources = AptSourceReader.Read(paths.GetValueOrDefault("LIST", "/etc/apt/sources.list"), paths.GetValueOrDefault("PARTS", "/etc/apt/sources.list.d"));
        var known = await AptRelease.ListAsync([], cancellationToken);
        var release = File.Exists("/etc/os-release") ? await File.ReadAllLinesAsync("/etc/os-release", cancellationToken) : [];
        return new AptArchive(sources, known, IsUbuntuRelease(release));
    }

    /// <summary>Opens a suite with the packages in it.</summary>
    /// <param name="folder">Where apt may work.</param>
    /// <param name="debianSuite">The suite to ask of Debian's archive; null for the machine's own. Ubuntu's is always the machine's own.</param>
    /// <param name="progress">Told of what is done.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="ProgramUnavailableException">No source of the machine is the distribution's archive, or it cannot be read.</exception>
    public async Task<(AptWorkspace Workspace, Distribution Distribution)> OpenAsync(
        string folder, string? debianSuite, ThrottledProgress progress, CancellationToken cancellationToken)
    {
        string? fault = null;
        var attempt = 0;
        foreach (var source in Candidates(Sources, Known))
        {
            var distribution = OriginOf(source) is { } origin ? origin == Distribution.Ubuntu.Origin ? Distribution.Ubuntu : Distribution.Debian
                : IsUbuntu ? Distribution.Ubuntu : Distribution.Debian;
            IReadOnlyList<string> suites = distribution == Distribution.Ubuntu ? Distribution.UbuntuSuites(source) : [debianSuite ?? source.BaseSuite!];
            var components = distribution.Components.Where(component => component == "main" || source.Components.Contains(component)).ToList();
            var workspace = await AptWorkspace.CreateAsync(Path.Combine(folder, $"apt-{attempt++}"), source, suites, components, progress, cancellationToken);
            if (await workspace.UpdateAsync(cancellationToken) is { } error)
            {
                fault = error;
                continue;
            }

            // Only the signed Release file tells whose archive it is; a third party's may use the same names of suites.
            if ((await workspace.ReleasesAsync(cancellationToken)).Any(release => release.Origin == distribution.Origin && release.Label == distribution.Label))
                return (workspace, distribution);
            fault ??= $"{source.Address} is not {distribution.Origin}'s own archive";
        }

        throw new ProgramUnavailableException(fault is null
            ? "The machine's apt sources name no archive of Debian or Ubuntu: set MYSQL_HOME to an unpacked MySQL, and JAVA_HOME to a Java (11 to 21)."
            : $"Nothing can be fetched by apt: {fault.TrimEnd('.')}. See to the network or the proxy, or set MYSQL_HOME and JAVA_HOME to unpacked distributions.");
    }

    /// <summary>The sources that may be the distribution's own archive, the surest first.</summary>
    internal static IEnumerable<AptSource> Candidates(IReadOnlyList<AptSource> sources, IReadOnlyList<AptRelease> known)
        => from source in sources
           where source.BaseSuite is not null && source.Components.Contains("main")
           let origin = OriginOf(source, known)
           where origin is null || origin == Distribution.Debian.Origin || origin == Distribution.Ubuntu.Origin
           // Those whose lists the machine has are known; the others are asked, in their order.
           orderby origin is null ? 1 : 0
           select source;

    /// <summary>Whether <c>/etc/os-release</c> is that of Ubuntu or of something made from it.</summary>
    internal static bool IsUbuntuRelease(IEnumerable<string> osRelease)
        => osRelease.Any(line => line.Split('=', 2) is [("ID" or "ID_LIKE"), var value] && value.Trim('"', '\'').Split(' ').Contains("ubuntu"));

    private string? OriginOf(AptSource source) => OriginOf(source, Known);

    private static string? OriginOf(AptSource source, IReadOnlyList<AptRelease> known)
        => known.FirstOrDefault(release => release.Address == source.Address && source.Suites.Contains(release.Suite))?.Origin;
}

/// <summary>A distribution whose own archive has what the lab fetches.</summary>
/// <param name="Origin">Its name in the Release files of its archive.</param>
/// <param name="Label">The label of its main archive there; the archive of security updates has another.</param>
/// <param name="Components">The components that hold what is needed.</param>
internal sealed record Distribution(string Origin, string Label, IReadOnlyList<string> Components)
{
    /// <summary>Debian: MySQL is only in sid, and that suite is asked for whatever the machine runs.</summary>
    public static Distribution Debian { get; } = new("Debian", "Debian", ["main"]);

    /// <summary>Ubuntu: everything is in its own suites. Written with care, but never run: no Ubuntu was at hand.</summary>
    public static Distribution Ubuntu { get; } = new("Ubuntu", "Ubuntu", ["main", "universe"]);

    /// <summary>The suites of Ubuntu's archive that are used: the release and its updates.</summary>
    public static IReadOnlyList<string> UbuntuSuites(AptSource source)
        => [.. source.Suites.Where(suite => suite == source.BaseSuite || suite == source.BaseSuite + "-updates" || suite == source.BaseSuite + "-security")];
}

/// <summary>Whose archive a suite is, as its signed Release file says.</summary>
/// <param name="Address">The archive's address.</param>
/// <param name="Suite">The suite, as it was asked for.</param>
/// <param name="Origin">The Release file's Origin.</param>
/// <param name="Label">The Release file's Label.</param>
internal sealed record AptRelease(string Address, string Suite, string Origin, string Label)
{
    private const string Format = "$(REPO_URI)|$(RELEASE)|$(ORIGIN)|$(LABEL)";

    /// <summary>Asks apt which releases it has lists of.</summary>
    /// <param name="options">apt's options; none for the machine's own lists.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async Task<IReadOnlyList<AptRelease>> ListAsync(IEnumerable<string> options, CancellationToken cancellationToken)
    {
        var result = await Tool.RunAsync(["apt-get"], [.. options, "indextargets", "--format", Format], null, null, cancellationToken);
        return result.Output.Select(line => line.Split('|'))
            .Where(fields => fields.Length == 4)
            .Select(fields => new AptRelease(fields[0].TrimEnd('/'), fields[1], fields[2], fields[3]))
            .Distinct()
            .ToList();
    }
}
