using System.Globalization;
using CdcLab.Model;
using CdcLab.Model.Live;
using CdcLab.Runtime.Commands;

namespace CdcLab.Runtime.View;

/// <summary>The Kafka cluster as a dashboard shows it: a resource of its own, whose state is its brokers'.</summary>
internal static class ClusterView
{
    public static ResourceView Of(LabSnapshot lab)
    {
        KafkaCluster cluster = lab.Model.Kafka;
        ResourceState[] brokers = [.. cluster.Brokers.Select(lab.StateOf)];
        return new()
        {
            Name = ResourceNames.Kafka,
            Type = "KafkaCluster",
            State = State(brokers),
            Icon = "ServerMultiple",
            CreatedAt = lab.StartedAt,
            StartedAt = brokers.Min(b => b.StartedAt),
            Properties =
            [
                .. brokers.All(b => b.State == RunState.Waiting) ? [new PropertyView(KnownProperties.WaitingFor, "Waits for", null, [ResourceNames.ZooKeeper])] : Array.Empty<PropertyView>(),
                new("kafka.brokers", "Brokers that run", $"{Count(brokers.Count(Serves))} of {Count(brokers.Length)}"),
                .. brokers.Select(b => b.Version).FirstOrDefault(v => v is not null) is { } version ? [new PropertyView("lab.version", "Version", version)] : Array.Empty<PropertyView>(),
                new("kafka.bootstrap.external", "Bootstrap EXTERNAL", cluster.ExternalBootstrap),
                new("kafka.bootstrap.internal", "Bootstrap INTERNAL", cluster.InternalBootstrap),
                new("kafka.replication", "Replication", $"{Count(cluster.ReplicationFactor)} copies, {Count(cluster.MinInSyncReplicas)} in sync at least"),
                .. LabView.NotPossible(lab, ResourceNames.Kafka),
            ],
            Urls = ViewUrls.OfCluster(cluster),
            Health = [.. Brokers(cluster, brokers), .. LabView.Verdicts(lab, ResourceNames.Kafka)],
            Relationships = [new(ResourceNames.ZooKeeper, RelationshipView.WaitFor), new(ResourceNames.ZooKeeper, RelationshipView.Reference)],
            Commands = LabCommands.ViewsOf(lab, ResourceNames.Kafka),
        };
    }

    private static bool Serves(ResourceState broker) => broker is { State: RunState.Running, Answers: not false };

    // One broker that runs makes a cluster that runs; whether it is whole is its health.
    private static string State(ResourceState[] brokers)
    {
        bool Any(RunState state) => brokers.Any(b => b.State == state);
        if (Any(RunState.Running) || Any(RunState.Paused))
            return ViewStates.Running;
        if (Any(RunState.Starting))
            return ViewStates.Starting;
        if (Any(RunState.Stopping))
            return ViewStates.Stopping;
        if (Any(RunState.Waiting))
            return ViewStates.Waiting;
        if (Any(RunState.Exited))
            return ViewStates.Exited;
        return Any(RunState.Failed) ? ViewStates.FailedToStart : ViewStates.Finished;
    }

    private static IEnumerable<HealthReportView> Brokers(KafkaCluster cluster, ResourceState[] brokers)
    {
        int running = brokers.Count(Serves);
        string[] others = [.. brokers.Where(b => !Serves(b)).Select(ServerView.NotServing)];
        string words = $"{Count(running)} of {Count(brokers.Length)} brokers run{(others.Length > 0 ? ": " + string.Join("; ", others) : "")}";
        if (running < cluster.MinInSyncReplicas)
            words += $". That is fewer than min.insync.replicas ({Count(cluster.MinInSyncReplicas)}): writes with acks=all are refused.";
        yield return new("brokers", running == brokers.Length ? HealthView.Healthy : HealthView.Unhealthy, words, null);
    }

    private static string Count(int number) => number.ToString(CultureInfo.InvariantCulture);
}
