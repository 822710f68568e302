using CdcLab.Model.Live;
using CdcLab.Model.Schema;

namespace CdcLab.Model.Connecting;

/// <summary>How clients of one's own reach a lab.</summary>
public sealed record LabConnections
{
    /// <summary>The version of this shape.</summary>
    public int Version { get; init; } = 1;

    /// <summary>The source.</summary>
    public required MySqlConnection MySql { get; init; }

    /// <summary>What the cluster is, e.g. <c>Kafka 3.5.2</c>.</summary>
    public required string KafkaDescription { get; init; }

    /// <summary>The side of the cluster for clients on this machine.</summary>
    public required KafkaSide External { get; init; }

    /// <summary>The side that the brokers use among themselves.</summary>
    public required KafkaSide Internal { get; init; }

    /// <summary>ZooKeeper's address.</summary>
    public required string ZooKeeper { get; init; }

    /// <summary>A Debezium MySQL connector for Kafka Connect's REST API; null where Debezium does not work with this Kafka.</summary>
    public required DebeziumConnector? Debezium { get; init; }

    /// <summary>The connections of a lab.</summary>
    /// <param name="model">The lab.</param>
    /// <param name="abilities">What it is and can show.</param>
    /// <param name="debeziumPassword">The password of <c>debezium</c>; null leaves it out.</param>
    /// <returns>The connections.</returns>
    public static LabConnections From(LabModel model, LabAbilities abilities, string? debeziumPassword)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(abilities);
        MySqlConnection source = MySqlOf(model, debeziumPassword);
        return new()
        {
            MySql = source,
            KafkaDescription = abilities.KafkaDescription,
            External = new(model.Kafka.ExternalBootstrap, abilities.KafkaClientSettings),
            Internal = new(model.Kafka.InternalBootstrap, abilities.KafkaClientSettings),
            ZooKeeper = $"127.0.0.1:{model.ZooKeeper.Port}",
            Debezium = abilities.WhyNot(LabAbilities.Debezium) is not null ? null : DebeziumConnector.From(model, source),
        };
    }

    /// <summary>The connection to a lab's MySQL.</summary>
    /// <param name="model">The lab.</param>
    /// <param name="debeziumPassword">The password of <c>debezium</c>; null leaves it out.</param>
    /// <returns>The connection.</returns>
    public static MySqlConnection MySqlOf(LabModel model, string? debeziumPassword)
    {
        ArgumentNullException.ThrowIfNull(model);
        LabPort mySql = model.MySql.Ports[0];
        string host = mySql.BindAddress == "0.0.0.0" ? "127.0.0.1" : mySql.BindAddress;
        return new(host, mySql.Number, OrdersSchema.Database, DatabaseUser.Debezium.Name, debeziumPassword);
    }
}
