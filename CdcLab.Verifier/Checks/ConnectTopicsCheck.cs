using CdcLab.Clients.Connect;

namespace CdcLab.Verifier.Checks;

/// <summary>The topics of worker and connector are there: one that was deleted is missed at the next start only.</summary>
internal sealed class ConnectTopicsCheck(ConnectClient connect, ClusterSource cluster) : ICheck
{
    private static readonly Promise Topics = new(
        "connect.topics", ResourceNames.OrdersCdc, $"{string.Join(", ", DebeziumSettings.OwnTopics)} are there", "a worker and a connector that run do not miss them, and their next start fails, or begins from nothing")
    {
        How = "ZooKeeper's topics, once a position is stored; how they are set is judged by kafka.topics",
        Remedy = "restart of connect, which makes its own anew; a new snapshot, which makes the history anew",
        Source = "Kafka Connect, \"Running Kafka Connect\"; Debezium's MySQL connector, \"Schema history topic\"",
        Follows = ["connect.answers", "kafka.brokers"],
    };

    public IReadOnlyList<Promise> Promises => [Topics];

    public async Task<IReadOnlyList<Verdict>> LookAsync(CancellationToken cancellationToken)
    {
        bool hasStored;
        try
        {
            hasStored = await connect.OffsetAsync(cancellationToken) is not null;
        }
        catch (ConnectException e)
        {
            throw ConnectorCheck.Silent(e);
        }

        return [Judge(hasStored, (await cluster.SeeAsync(cancellationToken)).Topics.Select(t => t.Key))];
    }

    internal static Verdict Judge(bool hasStored, IEnumerable<string> there)
    {
        string[] missing = [.. DebeziumSettings.OwnTopics.Except(there)];
        if (missing.Length == 0)
            return Topics.Ok($"{DebeziumSettings.OwnTopics.Count} topics are there");
        if (!hasStored)
            return Topics.Unknown("No position is stored yet.", "Wait for the end of the snapshot.");
        const string Snapshot = "`aspire resource orders-cdc snapshot`";
        return Topics.Failed(
            $"{string.Join(", ", missing)} {(missing.Length == 1 ? "is" : "are")} not there",
            missing is [DebeziumSettings.SchemaHistory] ? $"Run {Snapshot}." : $"Run `aspire resource connect restart`. When it is up again: {Snapshot}.");
    }
}
