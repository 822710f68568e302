namespace CdcLab.Clients.Kafka;

/// <summary>A broker's address as a client is told it.</summary>
/// <param name="Id">The broker's id.</param>
/// <param name="Host">The host that it advertises on the side that was asked.</param>
/// <param name="Port">The port that it advertises on that side.</param>
public sealed record AdvertisedBroker(int Id, string Host, int Port)
{
    /// <summary>Host and port, e.g. <c>localhost:9092</c>.</summary>
    public string Address => $"{Host}:{Port}";
}
