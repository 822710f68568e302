using System.Globalization;
using System.Text;
using CdcLab.Model.Options;

namespace CdcLab.Model.Containers;

/// <summary>The servers of the picture as containers of the specification's images: their variables, arguments, ports and volumes.</summary>
public static class ContainerMapping
{
    /// <summary>The login of Kafka UI.</summary>
    public const string KafkaUiUser = "cdclab";

    private const string Loopback = "127.0.0.1";
    private const int MySqlPort = 3306;
    private const int ZooKeeperPort = 2181;
    private const int KafkaUiPort = 8080;

    /// <summary>Every container, in the order of the picture; its resource's name is its alias in the lab's network.</summary>
    /// <param name="model">The picture, made for containers.</param>
    /// <returns>One for each server.</returns>
    public static IReadOnlyList<ContainerSpec> Of(LabModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return model.Runtime == LabRuntimeKind.Container
            ? [MySql(model.MySql), ZooKeeper(model.ZooKeeper), .. model.Kafka.Brokers.Select(Broker), KafkaUi(model)]
            : throw new ArgumentException("The picture is not that of a lab in containers.", nameof(model));
    }

    /// <summary>cp-kafka's variable of a broker's setting: <c>min.insync.replicas</c> is <c>KAFKA_MIN_INSYNC_REPLICAS</c>.</summary>
    /// <param name="setting">The setting's name.</param>
    /// <returns>The variable's name.</returns>
    public static string KafkaVariable(string setting)
    {
        ArgumentNullException.ThrowIfNull(setting);
        return "KAFKA_" + setting.Replace("_", "__", StringComparison.Ordinal).Replace("-", "___", StringComparison.Ordinal).Replace('.', '_').ToUpperInvariant();
    }

    /// <summary>cp-zookeeper's variable of a setting: <c>autopurge.purgeInterval</c> is <c>ZOOKEEPER_AUTOPURGE_PURGE_INTERVAL</c>.</summary>
    /// <param name="setting">The setting's name.</param>
    /// <returns>The variable's name.</returns>
    public static string ZooKeeperVariable(string setting)
    {
        ArgumentNullException.ThrowIfNull(setting);
        StringBuilder name = new("ZOOKEEPER_");
        foreach (char c in setting)
        {
            if (char.IsAsciiLetterUpper(c))
                name.Append('_');
            name.Append(c == '.' ? '_' : char.ToUpperInvariant(c));
        }

        return name.ToString();
    }

    private static ContainerSpec MySql(MySqlResource mySql) => Spec(mySql) with
    {
        Arguments = mySql.Arguments(),
        // Whoever comes through a published port has the network's gateway as address; the port itself is on loopback.
        Environment = Variables(("MYSQL_ROOT_HOST", "%")),
        Secrets = [new("MYSQL_ROOT_PASSWORD", ContainerSecret.MySqlRoot)],
        // The lab's own services log in on loopback, whatever else it is published on.
        Ports = mySql.Ports[0].BindAddress is Loopback or "0.0.0.0" ? [Published(mySql, MySqlPort)] : [Published(mySql, MySqlPort), new(MySqlPort, mySql.Port, Loopback)],
        Volumes = [new($"{mySql.Name}-data", "/var/lib/mysql")],
    };

    private static ContainerSpec ZooKeeper(ZooKeeperResource zooKeeper)
    {
        // The image knows no variable for it.
        const string Words = "4lw.commands.whitelist";
        ServerSetting words = zooKeeper.Settings.First(s => s.Name == Words);
        return Spec(zooKeeper) with
        {
            Environment =
            [
                .. Variables(("ZOOKEEPER_CLIENT_PORT", Number(ZooKeeperPort))),
                .. zooKeeper.Settings.Where(s => s.Name != Words).Select(s => KeyValuePair.Create(ZooKeeperVariable(s.Name), s.Value)),
                .. Variables(("KAFKA_HEAP_OPTS", Heap(zooKeeper)), ("KAFKA_OPTS", $"-Dzookeeper.{words.Name}={words.Value}")),
            ],
            Ports = [Published(zooKeeper, ZooKeeperPort)],
            Volumes = [new($"{zooKeeper.Name}-data", "/var/lib/zookeeper/data"), new($"{zooKeeper.Name}-log", "/var/lib/zookeeper/log")],
        };
    }

    private static ContainerSpec Broker(KafkaBroker broker) => Spec(broker) with
    {
        Environment =
        [
            .. broker.Settings.Select(s => KeyValuePair.Create(KafkaVariable(s.Name), s.Value)),
            .. Variables(("KAFKA_HEAP_OPTS", Heap(broker))),
        ],
        // Clients are told this port, and the broker listens on the port that it tells.
        Ports = [.. broker.Ports.Select(p => new ContainerPort(p.Number, p.Number, p.BindAddress))],
        Volumes = [new($"{broker.Name}-data", "/var/lib/kafka/data")],
    };

    private static ContainerSpec KafkaUi(LabModel model)
    {
        KafkaUiResource ui = model.KafkaUi;
        return Spec(ui) with
        {
            Environment =
            [
                .. Variables(
                    ("KAFKA_CLUSTERS_0_NAME", ContainerNames.Lab(model.Options.Name)),
                    ("KAFKA_CLUSTERS_0_BOOTSTRAPSERVERS", model.Kafka.InternalBootstrap),
                    ("KAFKA_CLUSTERS_0_READONLY", ui.Open ? "false" : "true"),
                    ("AUTH_TYPE", ui.Open ? "DISABLED" : "LOGIN_FORM"),
                    // Half of the cap: the rest is metaspace, threads and buffers.
                    ("JAVA_OPTS", $"-Xmx{ui.MemoryCapBytes / 2 / ByteSize.MiB}m")),
                .. ui.Open ? [] : Variables(("SPRING_SECURITY_USER_NAME", KafkaUiUser)),
            ],
            Secrets = ui.Open ? [] : [new("SPRING_SECURITY_USER_PASSWORD", ContainerSecret.KafkaUi)],
            Ports = [Published(ui, KafkaUiPort)],
        };
    }

    private static ContainerSpec Spec(LabResource resource) => new()
    {
        Resource = resource,
        Image = resource.Image!,
        Environment = [],
        Ports = [],
        MemoryBytes = resource.MemoryCapBytes!.Value,
    };

    private static ContainerPort Published(LabResource resource, int inside) => new(inside, resource.Ports[0].Number, resource.Ports[0].BindAddress);

    private static string Heap(LabResource resource)
    {
        long heap = resource.HeapBytes!.Value;
        string size = heap % ByteSize.MiB == 0 ? $"{heap / ByteSize.MiB}m" : $"{heap / 1024}k";
        return $"-Xmx{size} -Xms{size}";
    }

    private static KeyValuePair<string, string>[] Variables(params (string Name, string Value)[] variables) => [.. variables.Select(v => KeyValuePair.Create(v.Name, v.Value))];

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}
