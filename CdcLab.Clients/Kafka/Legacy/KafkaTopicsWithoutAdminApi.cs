using CdcLab.Clients.Kafka.Legacy;
using CdcLab.Model;

namespace CdcLab.Clients.Kafka;

/// <content>The one line by which the rest comes to use this folder; it goes with it.</content>
public static partial class KafkaTopics
{
    static partial void WithoutAdminApi(LabModel model, string why, ref IKafkaTopics? topics) => topics = new ZooKeeperTopics(model.ZooKeeper.Port, why);
}
