namespace CdcLab.Clients.ZooKeeper;

/// <summary>A broker as it registered itself in ZooKeeper.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Endpoints">Its advertised listeners, e.g. <c>INTERNAL://kafka-1:29092</c>.</param>
public sealed record RegisteredBroker(int Id, IReadOnlyList<string> Endpoints);
