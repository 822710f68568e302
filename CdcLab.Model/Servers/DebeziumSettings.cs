using CdcLab.Model.Options;
using CdcLab.Model.Schema;

namespace CdcLab.Model.Servers;

/// <summary>The settings of the Connect worker and of the connector on it, and the topics that they use.</summary>
public static class DebeziumSettings
{
    /// <summary>The variable of the worker's environment that holds the password: the configuration, which Connect shows to anybody, names it only.</summary>
    public const string PasswordVariable = "CDCLAB_DEBEZIUM_PASSWORD";

    /// <summary>The connector's id among MySQL's replicas.</summary>
    public const int ServerId = 5401;

    public const string Offsets = "cdclab.connect.offsets";
    public const string Configs = "cdclab.connect.configs";
    public const string Status = "cdclab.connect.status";
    public const string SchemaHistory = "lab.schema-history";
    public const string Heartbeats = "__debezium-heartbeat.lab";
    private const string Prefix = "lab";
    private const string Json = "org.apache.kafka.connect.json.JsonConverter";

    /// <summary>How often a heartbeat comes where nothing is captured.</summary>
    public static TimeSpan Heartbeat { get; } = TimeSpan.FromSeconds(5);

    /// <summary>How often the worker stores how far the connector has come.</summary>
    public static TimeSpan OffsetFlush { get; } = TimeSpan.FromSeconds(5);

    /// <summary>The topic of a table's changes, e.g. <c>lab.cdclab.orders</c>.</summary>
    public static string Topic(TableSpec table) => $"{Prefix}.{OrdersSchema.Database}.{table.Name}";

    /// <summary>The topics of the changes.</summary>
    public static IReadOnlyList<string> ChangeTopics { get; } = [.. OrdersSchema.Tables.Select(Topic)];

    /// <summary>The topics of worker and connector themselves.</summary>
    public static IReadOnlyList<string> OwnTopics { get; } = [Configs, Offsets, Status, SchemaHistory];

    /// <summary>The worker's settings, beside the address that it listens on and the folder of its plugins.</summary>
    /// <param name="bootstrap">The brokers as the worker reaches them.</param>
    public static IReadOnlyList<ServerSetting> Worker(LabOptions options, string bootstrap)
    {
        string replication = Number(options.Kafka.ReplicationFactor);
        return
        [
            new("bootstrap.servers", bootstrap, "every broker: one that is down must not keep it from starting"),
            new("group.id", "cdclab-connect", "workers of one group share the connectors"),
            new("config.storage.topic", Configs, "the connectors' configurations, one partition"),
            new("config.storage.replication.factor", replication, "a broker may go"),
            new("offset.storage.topic", Offsets, "how far each connector has come"),
            new("offset.storage.replication.factor", replication, "a broker may go"),
            new("offset.storage.partitions", "3", "Connect's own default of 25 is for hundreds of connectors"),
            new("status.storage.topic", Status, "the states of connectors and tasks"),
            new("status.storage.replication.factor", replication, "a broker may go"),
            new("status.storage.partitions", "3", "few connectors"),
            new("key.converter", Json, "a person can read it"),
            new("key.converter.schemas.enable", "false", "the schema in each message is longer than the message"),
            new("value.converter", Json, "a person can read it"),
            new("value.converter.schemas.enable", "false", "the schema in each message is longer than the message"),
            new("offset.flush.interval.ms", Milliseconds(OffsetFlush), "what is read again after a kill is what came since the last one; Connect's own default is 60 s"),
            new("scheduled.rebalance.max.delay.ms", "0", "a worker that comes back gets its tasks at once, not after 5 minutes"),
            new("session.timeout.ms", "6000", "a worker that was killed is forgotten soon"),
            new("heartbeat.interval.ms", "2000", "a third of the session"),
            new("producer.request.timeout.ms", "6000", "a paused broker keeps its connections: only this ends the wait for it"),
            new("producer.reconnect.backoff.max.ms", "500", "a broker that comes back is found at once"),
            new("producer.buffer.memory", "4194304", "each message that is not acknowledged keeps its row in the heap: behind Kafka's 32 MiB, a snapshot of a large table leaves no room in it"),
            new("producer.batch.size", "65536", "what has piled up goes in fewer requests"),
            new("plugin.discovery", "service_load", "it starts sooner than by a search of every class"),
            new("config.providers", "env", "a password in the configuration would be shown by the REST API and stored in a topic"),
            new("config.providers.env.class", "org.apache.kafka.common.config.provider.EnvVarConfigProvider", "the password comes from the environment"),
            new("config.providers.env.param.allowlist.pattern", $"^{PasswordVariable}$", "no other variable can be read by a configuration"),
        ];
    }

    /// <summary>The connector's configuration, as it is registered.</summary>
    /// <param name="containers">Whether the servers run as containers, which reach MySQL by its name.</param>
    /// <param name="bootstrap">The brokers as the worker reaches them.</param>
    public static IReadOnlyList<ServerSetting> Connector(LabOptions options, bool containers, string bootstrap)
    {
        (string host, int port) = containers ? (ResourceNames.MySql, 3306) : ("127.0.0.1", LabPorts.Of(options).MySql);
        return
        [
            new("connector.class", "io.debezium.connector.mysql.MySqlConnector", "Debezium's connector for MySQL"),
            new("tasks.max", "1", "a binlog is read by one"),
            new("database.hostname", host, "MySQL as the worker reaches it"),
            new("database.port", Number(port), "MySQL as the worker reaches it"),
            new("database.user", DatabaseUser.Debezium.Name, "its five privileges and no more"),
            new("database.password", $"${{env:{PasswordVariable}}}", "from the worker's environment; paste your own elsewhere"),
            new("database.server.id", Number(ServerId), "its own among the replicas: MySQL ends the older of two with one id"),
            new("database.ssl.mode", "preferred", "over TLS the password needs no public key, which MySQL asks for once its cache of logins is flushed"),
            new("topic.prefix", Prefix, $"topics are {Prefix}.database.table"),
            new("database.include.list", OrdersSchema.Database, "strangers' databases are left out"),
            new("table.include.list", string.Join(',', OrdersSchema.Tables.Select(t => $"{OrdersSchema.Database}.{t.Name}")), "strangers' tables are left out"),
            new("snapshot.mode", "initial", "a snapshot at the first start; where the position is gone it fails and says so, instead of leaving a gap"),
            new("snapshot.locking.mode", "minimal", "the global read lock, for as long as the tables' structure is read"),
            new("poll.interval.ms", Milliseconds(options.Debezium.PollInterval), "half of it is added to each change's way; Debezium's own default is 500"),
            new("heartbeat.interval.ms", Milliseconds(Heartbeat), "an idle connector would look like a dead one, and its position would age"),
            new("connect.keep.alive.interval.ms", "2000", "how soon a MySQL that came back is found"),
            new("retriable.restart.connector.wait.ms", "2000", "how soon it tries again"),
            new("decimal.handling.mode", "string", "prices as they are written: precise would be base64, double loses digits"),
            new("time.precision.mode", "adaptive_time_microseconds", "DATETIME(3) as milliseconds since 1970 in UTC"),
            new("tombstones.on.delete", "true", "a compacted topic forgets a deleted row"),
            new("include.schema.changes", "false", "the history has its own topic; another one would be for consumers that there are not"),
            new("schema.history.internal.kafka.bootstrap.servers", bootstrap, "the brokers as the worker reaches them"),
            new("schema.history.internal.kafka.topic", SchemaHistory, "one partition, never expiring: without it the binlog cannot be read"),
            new("schema.history.internal.store.only.captured.tables.ddl", "true", "other tables' changes of structure are not ours"),
            new("schema.history.internal.store.only.captured.databases.ddl", "true", "other databases' changes of structure are not ours"),
            new("topic.creation.default.replication.factor", Number(options.Kafka.ReplicationFactor), "a broker may go"),
            new("topic.creation.default.partitions", Number(options.Kafka.Partitions), "consumers in parallel; a row's changes stay in order, its key decides"),
            new("topic.creation.default.min.insync.replicas", Number(options.Kafka.MinInSyncReplicas), "what is acknowledged is on two brokers"),
            new("topic.creation.default.cleanup.policy", "delete", "compacted, changes that a consumer has not seen would go"),
        ];
    }

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Milliseconds(TimeSpan time) => Number((long)time.TotalMilliseconds);
}
