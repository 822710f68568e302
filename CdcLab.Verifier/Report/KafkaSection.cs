using System.Globalization;
using CdcLab.Clients.Kafka;
using CdcLab.Clients.ZooKeeper;
using CdcLab.Model;
using CdcLab.Model.Live;

namespace CdcLab.Verifier.Report;

/// <summary>5.2: the cluster: brokers, controller, topics, listeners, latency.</summary>
internal static class KafkaSection
{
    private static readonly string[] Judged =
        ["kafka.replication_factor", "kafka.min_insync_replicas", "kafka.settings", "kafka.isr", "kafka.listeners.internal", "kafka.listeners.external"];

    public static void Write(Markdown text, ReportFacts facts)
    {
        text.Heading(3, "5.2 Kafka cluster");
        text.Paragraph($"{facts.Abilities.KafkaDescription}. Leaders and replicas in sync are read from ZooKeeper's nodes, {(facts.Abilities.WhyNot(LabAbilities.KafkaAdminApi) is null ? "settings from the running brokers" : "and what settings the brokers run with cannot be asked here")}.");
        if (facts.Cluster is { } cluster)
        {
            Brokers(text, facts.Model, cluster);
            Topics(text, cluster);
        }
        else
        {
            text.Paragraph("Brokers and topics: ZooKeeper could not be asked.");
        }

        text.Table(["what", "verdict", "found"], Judged
            .Select(facts.Verdict)
            .Where(v => v is not null)
            .Select(v => new[] { v!.Id, v.Outcome.ToString().ToLowerInvariant(), v.Actual ?? v.Because ?? "" }));
        Latency(text, facts);
    }

    private static void Brokers(Markdown text, LabModel model, ClusterState cluster) =>
        text.Table(["broker", "registered as", "leads", "controller"], model.Kafka.Brokers.Select(broker =>
        {
            RegisteredBroker? registered = cluster.Brokers.FirstOrDefault(b => b.Id == broker.Id);
            return new[]
            {
                broker.Name,
                registered is null ? "not registered" : string.Join(", ", registered.Endpoints),
                $"{cluster.Partitions.Count(p => p.Leader == broker.Id)} partitions",
                cluster.Controller == broker.Id ? "yes" : "",
            };
        }));

    private static void Topics(Markdown text, ClusterState cluster) =>
        text.Table(["topic", "partitions", "replicas", "in sync (smallest)", "under-replicated"], cluster.Topics.Select(topic => new[]
        {
            topic.Key,
            Number(topic.Count()),
            string.Join(" and ", topic.Select(p => p.Replicas.Count).Distinct().Order()),
            Number(topic.Min(p => p.InSync.Count)),
            Number(topic.Count(p => p.IsUnderReplicated)),
        }));

    private static void Latency(Markdown text, ReportFacts facts)
    {
        text.Paragraph(
            $"Latency of the verifier's own topic: one message each {facts.Model.Options.Verifier.ProbeInterval.TotalMilliseconds:0.#} ms in turn to every partition, acks=all, linger.ms {KafkaClientSettings.ProbeLinger.TotalMilliseconds:0}, from the intended send. Only the shortest window is judged; the longer ones are figures.");
        text.Table(["latency", "window", "N", "p50 ms", "p95 ms", "p99 ms", "longest ms"], facts.Latencies.Select(l => new[]
        {
            l.Name, Window(l.Window), Number(l.Count), Markdown.Milliseconds(l.P50Milliseconds), Markdown.Milliseconds(l.P95Milliseconds), Markdown.Milliseconds(l.P99Milliseconds), Markdown.Milliseconds(l.MaxMilliseconds),
        }));
        if (facts.Probes is { } probes)
            text.Paragraph($"Probe messages since the start: {Number(probes.Seen)} seen, {Number(probes.Late)} late, {Number(probes.Duplicates)} duplicate, {Number(probes.Unknown)} unknown, {Number(probes.Lost)} acknowledged but lost.");
    }

    private static string Window(TimeSpan window) => window < TimeSpan.FromMinutes(1) ? $"{window.TotalSeconds:0} s" : $"{window.TotalMinutes:0.#} min";

    private static string Number(long value) => value.ToString("N0", CultureInfo.InvariantCulture);
}
