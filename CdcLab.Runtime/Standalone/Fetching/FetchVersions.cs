using System.Reflection;

namespace CdcLab.Runtime.Standalone.Fetching;

/// <summary>Every version, address and digest that the fetching code knows by heart.</summary>
public static class FetchVersions
{
    /// <summary>The Kafka that <c>confluentinc/cp-kafka:7.5.3</c> contains.</summary>
    public const string KafkaVersion = "3.5.2";

    /// <summary>Apache's release archive of <see cref="KafkaVersion"/>.</summary>
    public const string KafkaArchiveUrl = "https://archive.apache.org/dist/kafka/3.5.2/kafka_2.13-3.5.2.tgz";

    /// <summary>
    /// SHA-512 of <c>kafka_2.13-3.5.2.tgz</c>, as Strimzi's build checks it (strimzi/strimzi-kafka-operator, <c>kafka-versions.yaml</c>, 3.5.2).
    /// It was read there and not computed by us: machines that develop the lab do not reach Apache's archive.
    /// </summary>
    public const string KafkaArchiveSha512 =
        "229ccc5e3e6b3b9845f59f6e829d70711c5a5a2293f32b6bcabc37350666f874bc7d8f08130f712a1b32915205c10f2847f04908c20d5f7fdb4b62d058c9defe";

    /// <summary>The Aspire dashboard's version: the build's property <c>AspireVersion</c>.</summary>
    public static string DashboardVersion { get; } =
        typeof(FetchVersions).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().First(a => a.Key == "AspireVersion").Value!;

    /// <summary>
    /// SHA-512 of <c>aspire-cli-linux-x64-13.5.4.tgz</c>, which carries the dashboard: npm's own integrity value, and computed by us from what the registry sent.
    /// It goes with the build's property <c>AspireVersion</c>.
    /// </summary>
    public const string DashboardNpmSha512 =
        "f0f59e447335f90c10076c310e77cfb229a2dc45b4d6bd386f80e35f48c80c4efc4a57c969bc157d802b5bfe3cbc3cd8bcfcca491c9ee8320f540b021685e304";
}
