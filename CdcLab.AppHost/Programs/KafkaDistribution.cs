using System.Text.RegularExpressions;

namespace CdcLab.AppHost.Programs;

/// <summary>Recognises an unpacked Kafka distribution.</summary>
internal static partial class KafkaDistribution
{
    /// <summary>The first version without ZooKeeper, on which the lab's cluster stands.</summary>
    private static readonly Version FirstWithoutZooKeeper = new(4, 0);

    /// <summary>The first version whose admin API tells and makes what the lab asks for (KIP-4, KIP-133).</summary>
    private static readonly Version FirstWithAdminApi = new(0, 11);

    /// <summary>Reads the Kafka version of <paramref name="home"/> from its jars.</summary>
    /// <returns>The version, or null and in <paramref name="fault"/> what is wrong, to be put after the folder's name.</returns>
    public static string? ReadVersion(string home, out string fault)
    {
        fault = "";
        var libs = Path.Combine(home, "libs");
        if (!Directory.Exists(libs))
        {
            fault = Directory.Exists(home) ? "has no libs folder, so it is no unpacked Kafka distribution" : "is no folder";
            return null;
        }

        var jars = Directory.EnumerateFiles(libs, "*.jar").Select(file => Path.GetFileName(file)).ToArray();
        var version = jars.Select(jar => KafkaJar().Match(jar)).FirstOrDefault(match => match.Success)?.Groups["version"].Value;
        if (version is null)
            fault = "has no kafka_2.*.jar in its libs folder, so it is no unpacked Kafka distribution";
        else if (VersionFault(version) is { } versionFault)
            fault = versionFault;
        else if (!jars.Any(jar => jar.StartsWith("zookeeper-", StringComparison.Ordinal)))
            fault = "has no zookeeper-*.jar in its libs folder";
        return fault.Length == 0 ? version : null;
    }

    /// <summary>The version in the name of a release archive, <c>kafka_2.13-X.Y.Z.tgz</c>; null when it is no such name.</summary>
    public static string? VersionOfArchive(string fileName)
        => ArchiveName().Match(fileName) is { Success: true } match ? match.Groups["version"].Value : null;

    /// <summary>Why a version will not do, to be put after the name of what it belongs to; null when it will.</summary>
    public static string? VersionFault(string version)
        => VersionText.Number(version) is { } number && number >= FirstWithoutZooKeeper
            ? $"is Kafka {version}, which has no ZooKeeper; the lab needs 3.9 or older"
            : null;

    /// <summary>Why a version is too old to do all that the lab asks for, to be put after the name of what it belongs to; null when it is not.</summary>
    public static string? AgeFault(string version)
        => VersionText.Number(version) is { } number && number < FirstWithAdminApi
            ? $"is Kafka {version}, which has no admin API; the lab needs 0.11 to 3.9"
            : null;

    // Only the jar of the broker itself: a distribution may carry its -test, -sources or -javadoc beside it.
    [GeneratedRegex(@"^kafka_2\.\d+-(?<version>\d+(\.\d+){1,3})\.jar$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex KafkaJar();

    [GeneratedRegex(@"^kafka_2\.\d+-(?<version>\d+(\.\d+){1,3})\.tgz$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex ArchiveName();
}

/// <summary>Reads version numbers out of what tools, packages and file names say.</summary>
internal static partial class VersionText
{
    /// <summary>The first two to four numbers with dots between them: 9.7.4 of <c>1:9.7.4-2</c>; null when there are none.</summary>
    public static Version? Number(string text)
        => Numbers().Match(text) is { Success: true } match && Version.TryParse(match.Value, out var version) ? version : null;

    // A lone number before a colon is a Debian epoch, not a part of the version.
    [GeneratedRegex(@"(?<![\d.])\d{1,9}(\.\d{1,9}){1,3}", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Numbers();
}
