namespace CdcLab.Model.Options;

/// <summary>Where the embedded runtime takes Kafka and ZooKeeper from: <c>Lab:Kafka:Source</c>.</summary>
public enum KafkaSourceKind
{
    /// <summary><c>KAFKA_HOME</c> if it is set, else Apache's archive.</summary>
    Auto,

    /// <summary>The unpacked distribution that <c>KAFKA_HOME</c> names.</summary>
    Home,

    /// <summary>Apache's release archive.</summary>
    Archive,

    /// <summary>The legacy Kafka of the npm registry.</summary>
    Npm,
}
