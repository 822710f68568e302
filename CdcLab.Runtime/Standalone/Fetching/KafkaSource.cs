namespace CdcLab.Runtime.Standalone.Fetching;

/// <summary>Finds Kafka (with ZooKeeper) on this machine, or fetches it once.</summary>
/// <param name="options">Where it may come from.</param>
/// <param name="cache">Where what was fetched is kept.</param>
/// <param name="environment">Reads an environment variable (<c>KAFKA_HOME</c>); the process's own when null.</param>
public sealed class KafkaSource(KafkaFetchOptions options, PartsCache cache, Func<string, string?>? environment = null)
{
    private const string Part = "kafka";
    private const string HomeVariable = "KAFKA_HOME";

    private readonly Func<string, string?> _environment = environment ?? Environment.GetEnvironmentVariable;

    /// <summary>How patient the download is.</summary>
    internal DownloadLimits Limits { get; init; } = DownloadLimits.Default;

    /// <summary>What stands in for Apache's archive where that cannot be reached at all; null where nothing does.</summary>
    internal KafkaStandIn? StandIn { get; init; } = KafkaStandIn.Known;

    /// <summary>Finds Kafka, or fetches it into the cache.</summary>
    /// <param name="progress">Told of what is done, about ten times a second at most.</param>
    /// <param name="cancellationToken">Ends what is under way and leaves nothing half done.</param>
    /// <exception cref="UnavailableException">It cannot be had on this machine; the message says what to do.</exception>
    public Task<KafkaInstallation> FindAsync(IProgress<FetchProgress> progress, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(progress);
        HostPlatform.ThrowIfUnsupported();
        var home = _environment(HomeVariable);
        return options.Source switch
        {
            "auto" when !string.IsNullOrEmpty(home) => Task.FromResult(AtHome(home)),
            "home" => Task.FromResult(AtHome(home)),
            "auto" when StandIn is not null && options.DataSeries == StandIn.Series =>
                FromStandInAsync(StandIn, "the data in this lab's folder is its own ('reset' makes new data)", progress, cancellationToken),
            "auto" => FromArchiveOrStandInAsync(progress, cancellationToken),
            "archive" => FromArchiveAsync(progress, cancellationToken),
            "npm" => StandIn is not null
                ? FromStandInAsync(StandIn, "Lab:Kafka:Source is npm", progress, cancellationToken)
                : throw new UnavailableException($"Lab:Kafka:Source is npm, which is not in this build. {WhatToSet}"),
            var other => throw new UnavailableException($"Lab:Kafka:Source is {other}: it must be auto, home, archive or npm."),
        };
    }

    private static string WhatToSet => "Set KAFKA_HOME to an unpacked Kafka (up to 3.9), or Lab:Kafka:ArchiveUrl to a reachable kafka_2.13-X.Y.Z.tgz.";

    private KafkaInstallation AtHome(string? home)
    {
        if (string.IsNullOrEmpty(home))
            throw new UnavailableException("Lab:Kafka:Source is home, and KAFKA_HOME is not set: set it to an unpacked Kafka distribution (up to 3.9).");
        var folder = Path.GetFullPath(home);
        var version = KafkaDistribution.ReadVersion(folder, out var fault)
            ?? throw new UnavailableException($"KAFKA_HOME, {home}, {fault}: set it to an unpacked Kafka distribution (up to 3.9), or unset it to have one fetched.");
        if (version == StandIn?.Version)
            return new KafkaInstallation(folder, version, HomeVariable) { Edition = StandIn };
        return KafkaDistribution.AgeFault(version) is { } tooOld
            ? throw new UnavailableException($"KAFKA_HOME, {home}, {tooOld}: set it to a newer one, or unset it to have one fetched.")
            : new KafkaInstallation(folder, version, HomeVariable);
    }

    private async Task<KafkaInstallation> FromArchiveAsync(IProgress<FetchProgress> progress, CancellationToken cancellationToken)
    {
        try
        {
            return await ArchiveAsync(progress, cancellationToken);
        }
        catch (UnreachableException e)
        {
            throw new UnavailableException($"Kafka is not cached, and {e.Message}. {WhatToSet}");
        }
    }

    private async Task<KafkaInstallation> FromArchiveOrStandInAsync(IProgress<FetchProgress> progress, CancellationToken cancellationToken)
    {
        UnreachableException unreachable;
        try
        {
            return await ArchiveAsync(progress, cancellationToken);
        }
        catch (UnreachableException e)
        {
            // Here, and only here: an archive that is slow, has the wrong digest or is not there is a fault to be told, never a reason to run another Kafka.
            unreachable = e;
        }

        if (StandIn is null)
            throw new UnavailableException($"Kafka is not cached, and {unreachable.Message}. {WhatToSet}");
        if (options.DataSeries is { } series && series != StandIn.Series)
            throw new UnavailableException($"Kafka is not cached, {unreachable.Message}, and {StandIn.Description} cannot open what Kafka {series} wrote ('reset' makes new data). {WhatToSet}");
        try
        {
            return await FromStandInAsync(StandIn, unreachable.Message, progress, cancellationToken);
        }
        catch (UnavailableException e)
        {
            throw new UnavailableException($"Kafka is not cached, {unreachable.Message}, and {StandIn.Description} cannot stand in: {e.Message.TrimEnd('.')}. {WhatToSet}");
        }
    }

    private async Task<KafkaInstallation> ArchiveAsync(IProgress<FetchProgress> progress, CancellationToken cancellationToken)
    {
        var archive = new KafkaArchive(options.ArchiveUrl, Limits, TimeProvider.System);
        var version = archive.Version();
        var throttled = new ThrottledProgress(Part, progress, TimeProvider.System);
        var part = await cache.GetAsync(
            Part, manifest => manifest.Version == version, (work, token) => archive.FetchAsync(work, throttled, token), throttled, cancellationToken);
        return new KafkaInstallation(part.Folder, version, part.Manifest.Origin);
    }

    private async Task<KafkaInstallation> FromStandInAsync(KafkaStandIn standIn, string why, IProgress<FetchProgress> progress, CancellationToken cancellationToken)
    {
        new ThrottledProgress(Part, progress, TimeProvider.System).Report($"{why}: using {standIn.Description}");
        var throttled = new ThrottledProgress(standIn.Description, progress, TimeProvider.System);
        var part = await cache.GetAsync(
            standIn.Part,
            manifest => manifest.Version == standIn.Version,
            (work, token) => standIn.FetchAsync(options.NpmRegistry, Limits, _environment, work, throttled, token),
            throttled,
            cancellationToken);
        return new KafkaInstallation(part.Folder, standIn.Version, part.Manifest.Origin) { Edition = standIn };
    }
}
