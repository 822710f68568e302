using CdcLab.Model;
using CdcLab.Model.Containers;
using CdcLab.Model.Schema;

namespace CdcLab.AppHost.Aspire;

/// <summary>The lab as an Aspire application: the picture of <see cref="LabModel"/>, one statement for each resource, every value from the model.</summary>
internal static class CdcLabBuilderExtensions
{
    /// <summary>Adds the lab: order-simulator -> MySQL -> binlog -> (Debezium, later) -> Kafka -> consumer; the verifier watches every stage.</summary>
    /// <param name="builder">The application.</param>
    /// <param name="values">What to make it from.</param>
    /// <returns>The application.</returns>
    public static IDistributedApplicationBuilder AddCdcLab(this IDistributedApplicationBuilder builder, LabValues values)
    {
        LabModel model = values.Model;

        IResourceBuilder<ParameterResource> rootPassword = builder.AddParameter("mysql-root-password", () => values.Secrets().Root, secret: true);
        IResourceBuilder<ParameterResource> debeziumPassword = builder.AddParameter("mysql-debezium-password", () => values.Secrets().Debezium, secret: true);
        IResourceBuilder<ParameterResource> simulatorPassword = builder.AddParameter("mysql-simulator-password", () => values.Secrets().Simulator, secret: true);
        IResourceBuilder<ParameterResource> kafkaUiPassword = builder.AddParameter("kafka-ui-password", () => values.Secrets().KafkaUi, secret: true);
        IResourceBuilder<ParameterResource> token = builder.AddParameter("lab-token", () => values.Secrets().Token, secret: true);

        IResourceBuilder<MySqlServerResource> mysql = builder.AddMySql(ResourceNames.MySql, rootPassword, model.MySql.Port)
            .AsInModel(values, model.MySql);

        IResourceBuilder<MySqlDatabaseResource> database = mysql.AddDatabase("orders", OrdersSchema.Database);

        // Each service logs in as its own user. A reference to server or database would hand out root.
        IResourceBuilder<ConnectionStringResource> asDebezium = mysql.AddLogin("mysql-as-debezium", DatabaseUser.Debezium, debeziumPassword);
        IResourceBuilder<ConnectionStringResource> asSimulator = mysql.AddLogin("mysql-as-simulator", DatabaseUser.Simulator, simulatorPassword);

        IResourceBuilder<KafkaClusterResource> kafka = builder.AddKafkaCluster(ResourceNames.Kafka, model.Kafka.Brokers.Count, model.Ports.FirstExternal, model.Options.Kafka.AdvertisedHost)
            .WithReplication(model.Kafka.ReplicationFactor, model.Kafka.MinInSyncReplicas)
            .WithZooKeeper(zooKeeper => zooKeeper.AsInModel(values, model.ZooKeeper), ResourceNames.ZooKeeper, model.ZooKeeper.Port)
            .WithBrokers(broker => broker.AsInModel(values, model.Kafka.Brokers[broker.Resource.Id - 1]))
            .WithKafkaUI(ui => ui.AsInModel(values, model.KafkaUi).WithSecret(values, model.KafkaUi, ContainerSecret.KafkaUi, kafkaUiPassword), ResourceNames.KafkaUi, model.Ports.KafkaUi);

        builder.AddProject<Projects.CdcLab_OrderSimulator>(ResourceNames.OrderSimulator, launchProfileName: null)
            .AsInModel(model.OrderSimulator, values, token)
            .WithEnvironment("Lab__Passwords__Simulator", simulatorPassword)
            .WithReference(asSimulator, connectionName: OrdersSchema.Database)
            .WaitFor(database);

        builder.AddProject<Projects.CdcLab_Verifier>(ResourceNames.Verifier, launchProfileName: null)
            .AsInModel(model.Verifier, values, token)
            .WithEnvironment("Lab__Passwords__Debezium", debeziumPassword)
            .WithReference(asDebezium, connectionName: OrdersSchema.Database)
            .WithReference(kafka)
            .WaitFor(database)
            .WaitFor(kafka)
            .WithVerdicts(model);

        return builder.ShownAsInView(values);
    }
}
