namespace CdcLab.Runtime.Standalone.Fetching;

/// <summary>Where Kafka may come from.</summary>
/// <param name="Source"><c>auto</c>, <c>home</c>, <c>archive</c> or <c>npm</c> (<c>Lab:Kafka:Source</c>).</param>
/// <param name="ArchiveUrl">The address of the release archive, <c>kafka_2.13-X.Y.Z.tgz</c> (<c>Lab:Kafka:ArchiveUrl</c>).</param>
/// <param name="NpmRegistry">The npm registry's address (<c>Lab:Npm:Registry</c>); null for the machine's own.</param>
/// <param name="DataSeries">The series of the Kafka that wrote the data, e.g. <c>3.5</c>; null for new data. <c>auto</c> keeps to it.</param>
public sealed record KafkaFetchOptions(string Source, Uri ArchiveUrl, Uri? NpmRegistry = null, string? DataSeries = null);
