using System.Text;
using CdcLab.Clients.ZooKeeper;
using CdcLab.Model;
using CdcLab.Model.Live;
using CdcLab.Runtime.View;

namespace CdcLab.Runtime.Commands;

/// <summary>Shows the cluster's topics, with leader and in-sync replicas of each partition. Read from ZooKeeper, which every Kafka of the lab keeps up to date and brokers' metadata may lag.</summary>
public sealed class DescribeTopicsCommand : LabCommand
{
    private const int MostRows = 500;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    /// <inheritdoc/>
    public override string Name => "describe-topics";

    /// <inheritdoc/>
    public override string DisplayName => "Describe topics";

    /// <inheritdoc/>
    public override string Icon => "TextBulletListTree";

    /// <inheritdoc/>
    public override bool IsHighlighted(string resource) => true;

    /// <inheritdoc/>
    public override bool AppliesTo(LabModel model, string resource) => resource == ResourceNames.Kafka;

    /// <inheritdoc/>
    public override CommandAvailability Availability(LabSnapshot lab, string resource)
    {
        ArgumentNullException.ThrowIfNull(lab);
        return lab.StateOf(lab.Model.ZooKeeper).State == RunState.Running ? CommandAvailability.Enabled : CommandAvailability.Disabled;
    }

    /// <inheritdoc/>
    public override string Describe(LabSnapshot lab, string resource) => "Shows every partition with its leader and its in-sync replicas.";

    /// <inheritdoc/>
    public override async Task<CommandOutcome> ExecuteAsync(CommandCall call, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(call);
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Limit);
        try
        {
            ClusterState cluster = await ClusterReader.ReadAsync("127.0.0.1", call.Lab.Model.ZooKeeper.Port, limit.Token);
            return CommandOutcome.Shown(Summary(cluster), Text(cluster));
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new LabControlException($"ZooKeeper did not answer within {Limit.TotalSeconds:0} s.");
        }
        catch (Exception silent) when (silent is IOException or System.Net.Sockets.SocketException or InvalidDataException)
        {
            throw new LabControlException($"ZooKeeper could not be asked: {silent.Message}");
        }
    }

    internal static string Text(ClusterState cluster)
    {
        StringBuilder text = new();
        text.Append(Summary(cluster)).Append("\n\n");
        MarkdownTable table = new(text, "partition", "leader", "replicas", "in sync", "");

        // What lacks something comes first: it must not be cut off.
        foreach (PartitionState partition in cluster.Partitions.OrderBy(p => !p.IsUnderReplicated).ThenBy(p => p.Topic, StringComparer.Ordinal).ThenBy(p => p.Number).Take(MostRows))
            table.Row(partition.Name, partition.Leader?.ToString() ?? "none", string.Join(", ", partition.Replicas), string.Join(", ", partition.InSync), partition.IsNew ? "new" : partition.IsUnderReplicated ? "under-replicated" : "");
        if (cluster.Partitions.Count > MostRows)
            text.Append($"\n{cluster.Partitions.Count - MostRows} more partitions are not shown.\n");
        return text.ToString();
    }

    private static string Summary(ClusterState cluster) =>
        $"Brokers {string.Join(", ", cluster.Brokers.Select(b => b.Id))}; controller {cluster.Controller?.ToString() ?? "none"}; {cluster.Topics.Count()} topics, {cluster.Partitions.Count} partitions, {cluster.Partitions.Count(p => p.IsUnderReplicated)} of them under-replicated.";
}
