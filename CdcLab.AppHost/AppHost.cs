using CdcLab.AppHost.Commands;
using CdcLab.AppHost.Containers;
using CdcLab.AppHost.Drills;
using CdcLab.AppHost.Lab;

return await LabCommands.RunAsync(args, Build, LabSession.RemoveVolumesAsync);

// order-simulator -> MySQL -> binlog -> Debezium on Kafka Connect -> Kafka -> consumer. The verifier watches every stage and changes nothing.
static DistributedApplication Build(LabSession lab)
{
    (LabOptions options, LabPorts ports) = (lab.Options, lab.Ports);
    IDistributedApplicationBuilder builder = LabHosting.CreateBuilder(lab);
    IResourceBuilder<ParameterResource> debezium = builder.AddParameter("debezium-password", () => lab.Secrets.Debezium, secret: true);
    IResourceBuilder<ParameterResource> simulator = builder.AddParameter("simulator-password", () => lab.Secrets.Simulator, secret: true);

    IResourceBuilder<IMySqlServer> mysql = builder.AddMySqlSource(ResourceNames.MySql, lab.Runtime, new()
    {
        Image = options.MySql.Image,
        Port = ports.MySql,
        MemoryCapBytes = options.MySql.MemoryCap,
        Arguments = version => MySqlSettings.Arguments(options.MySql, version),
        RootPassword = lab.Secrets.Root,
        Database = OrdersSchema.Database,
        Tables = OrdersSchema.Tables,
        Users = [(DatabaseUser.Debezium, lab.Secrets.Debezium), (DatabaseUser.Simulator, lab.Secrets.Simulator)],
    }).WithConnectCommand(lab).WithFaultCommands().WithDrills(lab);

    IResourceBuilder<IZooKeeper> zooKeeper = builder.AddZooKeeper(ResourceNames.ZooKeeper, lab.Runtime, new()
    {
        Image = options.ZooKeeper.Image,
        Port = ports.ZooKeeper,
        MemoryCapBytes = options.ZooKeeper.MemoryCap,
        HeapBytes = options.ZooKeeper.Heap,
        Settings = KafkaSettings.ZooKeeper(options.ZooKeeper),
    }).WithFaultCommands();

    IResourceBuilder<KafkaClusterResource> kafka = builder.AddKafkaCluster(ResourceNames.Kafka, lab.Runtime, zooKeeper, new()
    {
        Image = options.Kafka.Image,
        Brokers = BrokerAddresses.Of(options, lab.Containers),
        MemoryCapBytes = options.Kafka.MemoryCap,
        HeapBytes = options.Kafka.Heap,
        Settings = KafkaSettings.Brokers(options.Kafka),
        SessionTimeout = options.Kafka.SessionTimeout,
        FirstTopic = KafkaTopic.Probe(Math.Max(options.Kafka.Partitions, options.Kafka.Brokers), options.Kafka.ReplicationFactor),
    }, broker => broker.WithFaultCommands()).WithKafkaCommands(lab).WithDrills(lab);

    if (lab.Runtime is ContainerRuntime containers)
    {
        builder.AddKafkaUI(ResourceNames.KafkaUi, containers, kafka, new()
        {
            Image = options.KafkaUi.Image,
            Port = ports.KafkaUi,
            MemoryCapBytes = options.KafkaUi.MemoryCap,
            ClusterName = options.Name,
            Login = options.KafkaUi.Open ? null : ("cdclab", lab.Secrets.KafkaUi),
        }).WithFaultCommands();
    }

    builder.AddDebezium(lab, kafka, mysql, debezium);

    IResourceBuilder<ProjectResource> market = builder.AddService<Projects.CdcLab_OrderSimulator>(ResourceNames.OrderSimulator, lab.SimulatorPort, "127.0.0.1", "/v1/market", lab)
        .WithReference(mysql.AddLogin("mysql-orders", OrdersSchema.Database, DatabaseUser.Simulator, simulator)).WithReferenceRelationship(mysql)
        .WaitFor(mysql).WithMarketCommands(lab).WithFaultCommands("No orders are written until it runs again.");

    // It waits for nothing: it must be there when a start goes wrong.
    builder.AddService<Projects.CdcLab_Verifier>(ResourceNames.Verifier, ports.Verifier, options.BindAddress, "/v1/report", lab)
        .WithReference(mysql.AddLogin("mysql-cdc", OrdersSchema.Database, DatabaseUser.Debezium, debezium)).WithReferenceRelationship(mysql)
        .WithEnvironment("CDCLAB_CONTAINERS", lab.Containers ? "true" : "false")
        .WithReference(kafka).WithReference(zooKeeper).WithReference(market)
        .WithVerdicts(lab.Judged).WithVerifyCommand().WithFaultCommands("Nothing is verified until it runs again.");

    return builder.Build();
}
