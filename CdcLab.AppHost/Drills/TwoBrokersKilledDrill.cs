using CdcLab.Model.Drills;

namespace CdcLab.AppHost.Drills;

/// <summary>With fewer brokers than min.insync.replicas writes are refused, and nothing that was acknowledged is lost.</summary>
internal sealed class TwoBrokersKilledDrill() : Drill("two-brokers-killed", "kills (SIGKILL) two brokers, and starts one after the other")
{
    private const string NotEnoughReplicas = "NotEnoughReplicas (19)";
    private static readonly TimeSpan Refusing = TimeSpan.FromSeconds(8);

    public override string? Refusal(LabOptions lab, bool containers) => lab.Kafka.ReplicationFactor - 2 >= lab.Kafka.MinInSyncReplicas
        ? $"with Lab:Kafka:MinInSyncReplicas={lab.Kafka.MinInSyncReplicas} two brokers may be missing, and nothing is refused"
        : base.Refusal(lab, containers);

    public override Prediction Predict(DrillSettings live)
    {
        Prediction silence = Predictions.OfSilence(live);
        // Until one of them is back, which takes a start of Java.
        return new(
            silence.From + Refusing,
            silence.To + Refusing + TimeSpan.FromSeconds(40),
            "writes are refused (NotEnoughReplicas, 19) from the end of their sessions until one of them is back",
            [.. silence.Errors, NotEnoughReplicas])
        { Required = NotEnoughReplicas };
    }

    public override async Task RunAsync(DrillScene scene, CancellationToken cancellationToken)
    {
        string first = await scene.BrokerAsync(BrokerRole.Leader, cancellationToken);
        string second = await scene.OtherReplicaAsync(first, cancellationToken);
        await scene.KillAsync(first, cancellationToken);
        await scene.KillAsync(second, cancellationToken);
        await DrillScene.WaitAsync(scene.Lab.Kafka.SessionTimeout + scene.Lab.ZooKeeper.TickTime + Refusing, cancellationToken);
        await scene.HealAsync(second, cancellationToken);
        await DrillScene.WaitAsync(TimeSpan.FromSeconds(10), cancellationToken);
        await scene.HealAsync(first, cancellationToken);
        await scene.WholeAsync(cancellationToken, preferred: true);
    }
}
