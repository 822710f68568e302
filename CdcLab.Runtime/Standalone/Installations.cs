using CdcLab.Model.Options;
using CdcLab.Runtime.Standalone.Fetching;

namespace CdcLab.Runtime.Standalone;

/// <summary>The programs that the embedded runtime needs, found or fetched side by side.</summary>
internal sealed class Installations
{
    private Installations(Task<MySqlInstallation> mySql, Task<JavaInstallation> java, Task<KafkaInstallation> kafka) => (MySql, Java, Kafka) = (mySql, java, kafka);

    public Task<MySqlInstallation> MySql { get; }

    public Task<JavaInstallation> Java { get; }

    public Task<KafkaInstallation> Kafka { get; }

    public static Installations Find(LabOptions options, string? kafkaSeries, IProgress<FetchProgress> progress, CancellationToken cancellationToken)
    {
        HostPlatform.ThrowIfUnsupported();
        PartsCache cache = PartsCache.OfUser(Environment.GetEnvironmentVariable);
        KafkaFetchOptions kafka = new(options.Kafka.Source.ToString().ToLowerInvariant(), options.Kafka.ArchiveUrl, options.Npm.Registry, kafkaSeries);
        return new(
            new MySqlSource(cache).FindAsync(progress, cancellationToken),
            new JavaSource(cache).FindAsync(progress, cancellationToken),
            new KafkaSource(kafka, cache).FindAsync(progress, cancellationToken));
    }
}
