namespace CdcLab.Verifier.Checks;

/// <summary>No client is slowed down: brokers delay the answers to one that is above its quota, and say nothing.</summary>
internal sealed class KafkaQuotasCheck(ClusterSource cluster, KafkaFix fixes) : ICheck
{
    private readonly Promise _quotas = new("kafka.quotas", ResourceNames.Kafka, "no client, user or address has a quota", "brokers hold back the answers to a client that is above its quota: it looks like a slow cluster")
    {
        How = "ZooKeeper's nodes below /config/clients, /config/users and /config/ips",
        Remedy = "the quota is deleted where it was set",
        Source = "Apache Kafka, Design, Quotas",
    };

    public IReadOnlyList<Promise> Promises => [_quotas];

    public async Task<IReadOnlyList<Verdict>> LookAsync(CancellationToken cancellationToken) => [Judge(await cluster.SeeAsync(cancellationToken))];

    internal Verdict Judge(ClusterState state)
    {
        string[] overwritten = [.. state.Overwritten.Where(p => p.StartsWith("/config/", StringComparison.Ordinal))];
        IEnumerable<string> found =
        [
            .. state.Quotas.Select(q => $"{string.Join(", ", q.Entity.Select(e => $"{e.Type} {e.Name}"))}: {string.Join(", ", q.Limits.Select(l => $"{l.Key}={l.Value}"))}"),
            .. overwritten.Select(p => $"ZooKeeper's node {p} is not of Kafka's shape"),
        ];
        return found.Any() ? _quotas.Failed(KafkaFix.Named(found), KafkaFix.Type([.. state.Quotas.Select(fixes.Quota), .. overwritten.Select(fixes.EmptyNode)]), needs: []) : _quotas.Ok("none");
    }
}
