namespace CdcLab.Verifier.Cdc;

/// <summary>What has come since the follower began.</summary>
internal sealed record ChangeCounts
{
    public DateTime Since;
    public long Inserts, Updates, Deletes, SnapshotRows, Tombstones;

    /// <summary>Commits of the market whose first event has come.</summary>
    public long Matched;

    /// <summary>Events that came again.</summary>
    public long Duplicates;

    /// <summary>Commits that others overtook in their own partition.</summary>
    public long Missing;

    /// <summary>Commits that were called missing and came all the same.</summary>
    public long Late;
    public long OutOfOrder;

    /// <summary>Changes that the market did not make, or a market that was killed before it wrote its line.</summary>
    public long Foreign;
    public long Faults;
    public string? LastFault;
    public DateTime? LastFaultAt, LastSnapshot;

    /// <summary>The topic that began anew, or was cut, since the last snapshot, and when that was seen; null for none.</summary>
    public string? BeganAnew;

    public void Add(ChangeKind kind)
    {
        switch (kind)
        {
            case ChangeKind.Insert:
                Inserts++;
                break;
            case ChangeKind.Update:
                Updates++;
                break;
            case ChangeKind.Delete:
                Deletes++;
                break;
            case ChangeKind.Snapshot:
                SnapshotRows++;
                break;
            default:
                Tombstones++;
                break;
        }
    }
}

/// <summary>How the changes stand at one moment.</summary>
/// <param name="Waiting">Commits whose event has not come.</param>
/// <param name="OldestWaiting">The time of the oldest of them.</param>
/// <param name="Missing">Row and time of those that are missing, an execution with its order; not all where there are very many.</param>
/// <param name="ToConsumer">From the commit to the consumer, lately.</param>
/// <param name="ToConnector">From the commit to the connector, by the connector's own word, lately.</param>
internal sealed record ChangeState(
    ChangeCounts Counts, int Waiting, DateTime? OldestWaiting, IReadOnlyList<(bool IsOrder, long OrderId, DateTime At)> Missing, LatencyFigures ToConsumer, LatencyFigures ToConnector, LatencyFigures Recent);
