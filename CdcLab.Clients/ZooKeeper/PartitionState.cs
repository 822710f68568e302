namespace CdcLab.Clients.ZooKeeper;

/// <summary>One partition as ZooKeeper's nodes have it: the truth, which brokers' metadata may lag.</summary>
/// <param name="Topic">Its topic.</param>
/// <param name="Number">Its number, from 0.</param>
/// <param name="Replicas">The brokers that shall have it; the first is the preferred leader.</param>
/// <param name="Leader">The broker that leads it; null where none does.</param>
/// <param name="InSync">The brokers whose copy is complete.</param>
/// <param name="IsNew">Whether it is only planned: its topic was just made, and no leader was ever elected.</param>
/// <param name="LeaderEpoch">Which leader in a row this one is: records carry the epoch they were written in. Null where it is not known.</param>
public sealed record PartitionState(string Topic, int Number, IReadOnlyList<int> Replicas, int? Leader, IReadOnlyList<int> InSync, bool IsNew = false, int? LeaderEpoch = null)
{
    /// <summary>Whether a replica is missing from the in-sync set, or nobody leads.</summary>
    public bool IsUnderReplicated => InSync.Count < Replicas.Count || Leader is null;

    /// <summary>Its name, e.g. <c>orders-0</c>.</summary>
    public string Name => $"{Topic}-{Number}";
}
