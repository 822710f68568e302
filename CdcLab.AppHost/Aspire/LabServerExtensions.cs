using System.Globalization;
using CdcLab.Model;
using CdcLab.Model.Schema;

namespace CdcLab.AppHost.Aspire;

/// <summary>What single servers of the lab have beyond what all have.</summary>
internal static class LabServerExtensions
{
    public static IResourceBuilder<ConnectionStringResource> AddLogin(this IResourceBuilder<MySqlServerResource> mysql, string name, DatabaseUser user, IResourceBuilder<ParameterResource> password) =>
        mysql.ApplicationBuilder.AddConnectionString(
            name,
            ReferenceExpression.Create($"Server={mysql.Resource.Host};Port={mysql.Resource.Port};Database={OrdersSchema.Database};User ID={user.Name};Password={password}"));

    public static IResourceBuilder<KafkaClusterResource> WithSettings(this IResourceBuilder<KafkaClusterResource> kafka, IReadOnlyList<ServerSetting> settings)
    {
        foreach (ServerSetting setting in settings)
            kafka.WithSetting(setting.Name, setting.Value);
        return kafka;
    }

    public static IResourceBuilder<KafkaBrokerResource> WithHeap(this IResourceBuilder<KafkaBrokerResource> broker, KafkaBroker resource) =>
        broker.WithEnvironment("KAFKA_HEAP_OPTS", Heap(resource));

    /// <summary>What the image has a variable for becomes one; the rest are properties of its Java.</summary>
    /// <param name="zooKeeper">The container.</param>
    /// <param name="resource">What it is.</param>
    /// <returns>The container.</returns>
    public static IResourceBuilder<KafkaZooKeeperResource> WithSettings(this IResourceBuilder<KafkaZooKeeperResource> zooKeeper, ZooKeeperResource resource)
    {
        List<string> properties = [];
        foreach (ServerSetting setting in resource.Settings)
        {
            if (setting.Name.Contains('.', StringComparison.Ordinal) && !setting.Name.StartsWith("autopurge.", StringComparison.Ordinal))
                properties.Add($"-Dzookeeper.{setting.Name}={setting.Value}");
            else
                zooKeeper.WithEnvironment(Variable(setting.Name), setting.Value);
        }

        return zooKeeper.WithEnvironment("KAFKA_HEAP_OPTS", Heap(resource)).WithEnvironment("KAFKA_OPTS", string.Join(' ', properties));
    }

    public static IResourceBuilder<KafkaClusterUIResource> WithLogin(this IResourceBuilder<KafkaClusterUIResource> ui, KafkaUiResource resource, IResourceBuilder<ParameterResource> password)
    {
        ui.WithEnvironment("JAVA_OPTS", "-Xmx192m");
        return resource.Open
            ? ui
            : ui.WithEnvironment("KAFKA_CLUSTERS_0_READONLY", "true")
                .WithEnvironment("AUTH_TYPE", "LOGIN_FORM")
                .WithEnvironment("SPRING_SECURITY_USER_NAME", "cdclab")
                .WithEnvironment("SPRING_SECURITY_USER_PASSWORD", password);
    }

    private static string Heap(LabResource resource) => string.Create(CultureInfo.InvariantCulture, $"-Xmx{resource.HeapBytes / 1024}k -Xms{resource.HeapBytes / 1024}k");

    // tickTime is ZOOKEEPER_TICK_TIME, autopurge.purgeInterval is ZOOKEEPER_AUTOPURGE_PURGE_INTERVAL.
    private static string Variable(string setting) =>
        "ZOOKEEPER_" + string.Concat(setting.Select(c => c == '.' ? "_" : char.IsUpper(c) ? "_" + c : char.ToUpperInvariant(c).ToString()));
}
