namespace CdcLab.Clients.Kafka;

/// <summary>What one broker answered on one of its listeners.</summary>
/// <param name="Broker">The broker's name.</param>
/// <param name="Told">The brokers that a client of that side is told; null where it did not answer.</param>
/// <param name="WhyNot">Why it did not answer; null where it did.</param>
public sealed record ListenerAnswer(string Broker, IReadOnlyList<AdvertisedBroker>? Told, string? WhyNot);
