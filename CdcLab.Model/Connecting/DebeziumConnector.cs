using System.Globalization;

namespace CdcLab.Model.Connecting;

/// <summary>A Debezium MySQL connector, as Kafka Connect's REST API takes it (<c>POST /connectors</c>).</summary>
/// <param name="Name">The connector's name.</param>
/// <param name="Config">Its settings (https://debezium.io/documentation/reference/stable/connectors/mysql.html#mysql-connector-properties).</param>
public sealed record DebeziumConnector(string Name, IReadOnlyDictionary<string, string> Config)
{
    // Any id that no other replica of this source has; the source itself is 1.
    private const string ServerId = "184054";

    internal static DebeziumConnector From(LabModel model, MySqlConnection source) => new("cdclab-orders", new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["connector.class"] = "io.debezium.connector.mysql.MySqlConnector",
        ["tasks.max"] = "1",
        ["database.hostname"] = source.Host,
        ["database.port"] = source.Port.ToString(CultureInfo.InvariantCulture),
        ["database.user"] = source.User,
        ["database.password"] = source.Password ?? "********",
        ["database.server.id"] = ServerId,
        ["topic.prefix"] = model.Options.Name == "default" ? "cdclab" : $"cdclab-{model.Options.Name}",
        ["database.include.list"] = source.Database,
        ["schema.history.internal.kafka.bootstrap.servers"] = model.Kafka.ExternalBootstrap,
        ["schema.history.internal.kafka.topic"] = "cdclab.schema-history",
        ["topic.creation.default.replication.factor"] = model.Kafka.ReplicationFactor.ToString(CultureInfo.InvariantCulture),
        ["topic.creation.default.partitions"] = model.Options.Kafka.Partitions.ToString(CultureInfo.InvariantCulture),
    });
}
