using System.Globalization;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>A Kafka cluster of several brokers with ZooKeeper. Its connection string names all brokers, for processes on the host.</summary>
/// <param name="name">The resource's name.</param>
public sealed class KafkaClusterResource(string name) : Resource(name), IResourceWithConnectionString, IResourceWithWaitSupport
{
    private readonly List<KafkaBrokerResource> _brokers = [];
    private readonly Dictionary<string, string> _settings = new(StringComparer.Ordinal);

    /// <summary>The brokers, by id.</summary>
    public IReadOnlyList<KafkaBrokerResource> Brokers => _brokers;

    /// <summary>The coordinator; null until <c>WithZooKeeper</c> was called.</summary>
    public KafkaZooKeeperResource? ZooKeeper { get; internal set; }

    /// <summary>The settings that all brokers share, by Kafka's own names.</summary>
    public IReadOnlyDictionary<string, string> Settings => _settings;

    /// <summary>The brokers' addresses for processes on the host, e.g. <c>localhost:9092,localhost:9093,localhost:9094</c>: what <c>Aspire.Confluent.Kafka</c> takes for bootstrap servers.</summary>
    public ReferenceExpression ConnectionStringExpression
    {
        get
        {
            ReferenceExpressionBuilder addresses = new();
            foreach (KafkaBrokerResource broker in _brokers)
            {
                if (broker.Id > 1)
                    addresses.AppendLiteral(",");
                addresses.Append($"{broker.ExternalEndpoint.Property(EndpointProperty.HostAndPort)}");
            }

            return addresses.Build();
        }
    }

    /// <summary>The brokers' addresses for other containers, e.g. <c>kafka-1:29092,kafka-2:29092</c>.</summary>
    public string InternalBootstrapServers => string.Join(',', _brokers.Select(b => b.InternalAddress));

    // Aspire's convention for a reference: KAFKA_BOOTSTRAPSERVERS beside ConnectionStrings__kafka, for programs in other languages.
    IEnumerable<KeyValuePair<string, ReferenceExpression>> IResourceWithConnectionString.GetConnectionProperties() =>
        [new("BootstrapServers", ConnectionStringExpression)];

    internal void Add(KafkaBrokerResource broker) => _brokers.Add(broker);

    internal void Set(string setting, string value) => _settings[setting] = value;

    internal void Set(string setting, int value) => Set(setting, value.ToString(CultureInfo.InvariantCulture));
}
