namespace CdcLab.Verifier.Checks;

/// <summary>Commands that heal, in the words that start Kafka's own tools on this machine.</summary>
internal sealed class KafkaFix(VerifiedLab lab, FiguresStore figures)
{
    private const int MostNamed = 5;
    private const int MostMoved = 100;

    private KafkaTools Tools => figures.Last?.KafkaTools ?? KafkaTools.Usual(lab.Bootstrap, $"{lab.ReachAddress}:{lab.Ports.ZooKeeper}");

    public static string Named(IEnumerable<string> found)
    {
        string[] all = [.. found.Distinct()];
        return string.Join("; ", all.Take(MostNamed)) + (all.Length > MostNamed ? $"; and {all.Length - MostNamed} more" : "");
    }

    /// <summary>Commands to paste, one after the other. What is not named now is named when these have healed.</summary>
    public static string Type(IEnumerable<string> commands) => $"Run {Named(commands.Select(FixText.Code))}.";

    public static string Restart(string broker) => $"aspire resource {broker} restart";

    /// <summary>Sets a topic's own settings; deletes those that have no value.</summary>
    public string Topic(string topic, IEnumerable<(string Setting, string? Value)> changes)
    {
        ILookup<bool, string> words = changes.ToLookup(c => c.Value is null, c => c.Value is null ? c.Setting : $"{c.Setting}={c.Value}");
        string settings = Option("--add-config", words[false]) + Option("--delete-config", words[true]);
        return $"{Tools.Configs} --alter --entity-type topics --entity-name {topic}{settings}";

        static string Option(string name, IEnumerable<string> values) => values.Any() ? $" {name} {string.Join(',', values)}" : "";
    }

    /// <summary>Deletes what was set dynamically: of one broker, or the default of all. From inside, where clients on the host are told wrong addresses.</summary>
    public string Broker(int? id, IEnumerable<string> settings, bool inside = false)
    {
        string configs = inside ? Tools.Configs.Replace(lab.Bootstrap, string.Join(',', lab.Brokers.Select(b => b.Internal)), StringComparison.Ordinal) : Tools.Configs;
        return $"{configs} --alter --entity-type brokers {(id is { } one ? $"--entity-name {one}" : "--entity-default")} --delete-config {Quote(string.Join(',', settings))}";
    }

    /// <summary>The same in ZooKeeper, with the notice that makes brokers read it: Kafka's own tool reaches brokers that answer, or that do not run.</summary>
    public IEnumerable<string> ForgetSettings(int? id)
    {
        string place = id is { } one ? $"brokers/{one}" : "brokers/<default>";
        return
        [
            EmptyNode($"/config/{place}"),
            $$"""{{Tools.ZooKeeper}} create -s /config/changes/config_change_ '{"version":2,"entity_path":"{{place}}"}'""",
        ];
    }

    public string Delete(string topic) => $"{Tools.Topics} --delete --topic {topic}";

    public string Quota(ClientQuota quota)
    {
        IEnumerable<string> entity = quota.Entity.Select(e => $"--entity-type {e.Type} {(e.Name == ClientQuota.Default ? "--entity-default" : $"--entity-name {Quote(e.Name)}")}");
        return $"{Tools.Configs} --alter {string.Join(' ', entity)} --delete-config {string.Join(',', quota.Limits.Keys)}";
    }

    /// <summary>Gives a node with settings none.</summary>
    public string EmptyNode(string path) => $$$"""{{{Tools.ZooKeeper}}} set '{{{path}}}' '{"version":1,"config":{}}'""";

    public string DeleteNode(string path) => $"{Tools.ZooKeeper} delete {path}";

    /// <summary>Lets everybody read and write a node again, as Kafka makes it here.</summary>
    public string Open(string path) => $"{Tools.ZooKeeper} setAcl '{path}' world:anyone:cdrwa";

    /// <summary>Deletes a node with all below it.</summary>
    public string DeleteNodes(string path) => $"{Tools.ZooKeeper} deleteall {path}";

    // Kafka makes its own again by itself. Others take some seconds until they are gone.
    public string MakeAnew(string topic, TopicKind kind)
    {
        string forever = kind.Forever ? " --config retention.ms=-1 --config retention.bytes=-1" : "";
        string size = $"--partitions {kind.Partitions} --replication-factor {lab.Options.Kafka.ReplicationFactor}";
        return topic.StartsWith("__", StringComparison.Ordinal) ? Delete(topic)
            : $"{Delete(topic)} && sleep 3 && {Tools.Topics} --create --topic {topic} {size} --config cleanup.policy={kind.Policy}{forever}";
    }

    /// <summary>Gives partitions as many replicas as they must have; who has one keeps it. printf repeats its format for each two of the words that follow.</summary>
    public string Reassign(IEnumerable<PartitionState> partitions)
    {
        IEnumerable<string> topics =
            from partition in partitions.Take(MostMoved)
            group $"{partition.Number} {string.Join(',', Replicas(partition))}" by partition.Topic into topic
            select $$"""printf ',{"topic":"{{topic.Key}}","partition":%d,"replicas":[%s]}' {{string.Join(' ', topic)}}""";
        return $$"""(printf '{"version":1,"partitions":['; {{string.Join("; ", topics)}}; printf ']}') | sed 's/\[,/[/' | {{Tools.Reassign}}""";
    }

    private IEnumerable<int> Replicas(PartitionState partition)
    {
        int[] all = [.. lab.Brokers.Select(b => b.Id)];
        int[] kept = [.. partition.Replicas.Where(all.Contains)];
        int[] chosen = [.. kept.Union(all.SkipWhile(id => id != kept.FirstOrDefault(all[0]))).Union(all).Take(lab.Options.Kafka.ReplicationFactor).Order()];
        // The first is the preferred leader: each partition has another one.
        return Enumerable.Range(0, chosen.Length).Select(i => chosen[(partition.Number + i) % chosen.Length]);
    }

    private static string Quote(string name) =>
        name.All(c => char.IsAsciiLetterOrDigit(c) || "._-,".Contains(c)) ? name : $"'{name.Replace("'", @"'\''", StringComparison.Ordinal)}'";
}
