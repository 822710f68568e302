namespace CdcLab.Runtime.Standalone.Fetching;

/// <summary>Where Kafka may come from.</summary>
/// <param name="Source"><c>auto</c>, <c>home</c>, <c>archive</c> or <c>npm</c> (<c>Lab:Kafka:Source</c>).</param>
/// <param name="ArchiveUrl">The address of the release archive, <c>kafka_2.13-X.Y.Z.tgz</c> (<c>Lab:Kafka:ArchiveUrl</c>).</param>
public sealed record KafkaFetchOptions(string Source, Uri ArchiveUrl);
