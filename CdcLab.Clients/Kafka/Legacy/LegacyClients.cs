namespace CdcLab.Clients.Kafka.Legacy;

/// <summary>What clients must know of Kafka 0.9.0.1: it answers no question about itself.</summary>
public static class LegacyClients
{
    /// <summary>Its version.</summary>
    public const string Version = "0.9.0.1";

    /// <summary>librdkafka's settings that every client of it needs (librdkafka, <c>INTRODUCTION.md</c>, "Broker version compatibility").</summary>
    public static IReadOnlyDictionary<string, string> Settings { get; } = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        // Asked for its version, a Kafka before 0.10 closes the connection.
        ["api.version.request"] = "false",
        ["broker.version.fallback"] = Version,

        // Without idempotence, a second request that overtakes a first one that is sent again changes the order.
        ["max.in.flight.requests.per.connection"] = "1",
    };
}
