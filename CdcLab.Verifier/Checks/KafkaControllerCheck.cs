namespace CdcLab.Verifier.Checks;

/// <summary>One registered broker is the controller.</summary>
internal sealed class KafkaControllerCheck(ClusterSource cluster) : ICheck
{
    private readonly Promise _controller = new(
        "kafka.controller",
        ResourceNames.Kafka,
        "one of the registered brokers is the controller",
        "The controller elects leaders: without it a lost leader has no successor.");

    public IReadOnlyList<Promise> Promises => [_controller];

    public async Task<IReadOnlyList<Verdict>> LookAsync(CancellationToken cancellationToken)
    {
        Clients.ZooKeeper.ClusterState state = await cluster.SeeAsync(cancellationToken);
        const string Fix = "Wait for the election, up to a session time-out (Lab:Kafka:SessionTimeout); if no broker runs, start one.";
        return
        [
            state.Controller is not { } id ? _controller.Failed("there is none", Fix)
            : state.Brokers.All(b => b.Id != id) ? _controller.Failed($"broker {id}, which is not registered", Fix)
            : _controller.Ok(ResourceNames.Broker(id)),
        ];
    }
}
