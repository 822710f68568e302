namespace CdcLab.Runtime.Standalone.Fetching;

/// <summary>An unpacked Kafka distribution (with ZooKeeper's jars) that is ready to start.</summary>
/// <param name="Home">Its folder, absolute; <c>libs/</c> is below it.</param>
/// <param name="Version">Kafka's version, such as <c>3.5.2</c>.</param>
/// <param name="Origin">Where it came from, for people: "KAFKA_HOME" or the archive's address.</param>
public sealed record KafkaInstallation(string Home, string Version, string Origin)
{
    /// <summary>What <c>java -cp</c> is given. Java expands the star itself: no shell may.</summary>
    public string Classpath => Path.Combine(Home, "libs", "*");

    /// <summary>The version as it is shown: with what this Kafka is not, where it is not the specification's.</summary>
    public string ShownVersion => Version + Edition.Remark;

    /// <summary>What depends on which Kafka it is.</summary>
    internal KafkaEdition Edition { get; init; } = KafkaEdition.Whole;
}
