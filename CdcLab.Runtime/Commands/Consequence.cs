using CdcLab.Model;
using CdcLab.Model.Live;
using CdcLab.Runtime.View;

namespace CdcLab.Runtime.Commands;

/// <summary>What breaks when a server or service is gone, said before it is.</summary>
internal static class Consequence
{
    public static string OfLosing(LabSnapshot lab, string resource) => resource switch
    {
        ResourceNames.MySql => "The market can place no orders while it is away.",
        ResourceNames.ZooKeeper => "Data flows on, but the cluster can elect no leader and change no in-sync set; brokers cannot stop cleanly without it.",
        ResourceNames.KafkaUi => "Its page is gone; the cluster does not notice.",
        ResourceNames.OrderSimulator => "The market stands still.",
        ResourceNames.Verifier => "Nobody checks the lab any more: its verdicts go with it.",
        _ => OfBroker(lab, resource),
    };

    private static string OfBroker(LabSnapshot lab, string resource)
    {
        KafkaCluster cluster = lab.Model.Kafka;
        int stay = cluster.Brokers.Count(b => b.Name != resource && lab.StateOf(b).State == RunState.Running);
        string brokers = stay == 1 ? "1 broker stays" : $"{stay} brokers stay";
        if (stay == 0)
            return "No broker stays: nothing can be written or read.";
        return stay < cluster.MinInSyncReplicas
            ? $"{brokers}, fewer than min.insync.replicas ({cluster.MinInSyncReplicas}): writes with acks=all are refused."
            : $"{brokers}: writes go on after a pause of some seconds.";
    }
}
