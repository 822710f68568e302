namespace CdcLab.Verifier.Checks;

/// <summary>The brokers that are registered in ZooKeeper are those of the lab.</summary>
internal sealed class KafkaBrokersCheck(VerifiedLab lab, ClusterSource cluster) : ICheck
{
    private readonly Promise _brokers = new(
        "kafka.brokers",
        ResourceNames.Kafka,
        $"brokers {string.Join(", ", lab.Brokers.Select(b => b.Id))} are registered",
        "A broker that is not registered leads nothing and copies nothing.");

    public IReadOnlyList<Promise> Promises => [_brokers];

    public async Task<IReadOnlyList<Verdict>> LookAsync(CancellationToken cancellationToken)
    {
        List<int> registered = [.. (await cluster.SeeAsync(cancellationToken)).Brokers.Select(b => b.Id)];
        List<string> missing = [.. lab.Brokers.Where(b => !registered.Contains(b.Id)).Select(b => b.Name)];
        List<int> foreign = [.. registered.Where(id => lab.Brokers.All(b => b.Id != id))];
        string actual = registered.Count == 0 ? "none is registered" : $"registered: {string.Join(", ", registered)}";
        return
        [
            missing.Count > 0 ? _brokers.Failed($"{actual}; missing: {string.Join(", ", missing)}", Unreachable.Start(missing[0]), missing)
            : foreign.Count > 0 ? _brokers.Failed(actual, $"Broker {foreign[0]} is not one of this lab's: find out who started it, or set Lab:Kafka:Brokers.", needs: [])
            : _brokers.Ok(actual),
        ];
    }
}
