using CdcLab.Model;
using CdcLab.Model.Connecting;
using CdcLab.Model.Options;
using Xunit;

namespace CdcLab.Tests.Model.Connecting;

/// <summary>The lines that <c>connect</c> prints. That real clients take them was tried by hand; here they are held to the model.</summary>
[Trait("tier", "model")]
public sealed class LabConnectionsTests
{
    private static readonly LabModel Lab = LabModel.From(
        new() { PortBase = 21000, Kafka = new() { AdvertisedHost = "lab.example" } }, LabPorts.From(21000), LabRuntimeKind.Embedded);

    [Fact]
    public void Every_address_is_the_models()
    {
        LabConnections connections = LabConnections.From(Lab, "Kafka 3.5.2", legacyKafka: false, debeziumPassword: "secret");
        Assert.Equal("MYSQL_PWD=secret mysql --host=127.0.0.1 --port=21000 --user=debezium --loose-skip-ssl-verify-server-cert cdclab", connections.MySql.CommandLine);
        Assert.Equal("jdbc:mysql://127.0.0.1:21000/cdclab", connections.MySql.Jdbc);
        Assert.Equal("kcat -b lab.example:21011,lab.example:21012,lab.example:21013 -L", connections.External.ListTopics);
        Assert.Equal("127.0.0.1:21021,127.0.0.1:21022,127.0.0.1:21023", connections.Internal.BootstrapServers);
        Assert.Equal("127.0.0.1:21001", connections.ZooKeeper);
        Assert.Equal(("21000", "secret", "3"), (connections.Debezium!.Config["database.port"], connections.Debezium.Config["database.password"], connections.Debezium.Config["topic.creation.default.replication.factor"]));
    }

    [Fact]
    public void Without_a_password_none_is_shown_and_the_client_asks()
    {
        LabConnections connections = LabConnections.From(Lab, "Kafka 3.5.2", legacyKafka: false, debeziumPassword: null);
        Assert.Contains(" --password ", connections.MySql.CommandLine, StringComparison.Ordinal);
        Assert.Equal("********", connections.Debezium!.Config["database.password"]);
    }

    [Fact]
    public void Legacy_clients_are_told_the_version_and_there_is_no_connector()
    {
        LabConnections connections = LabConnections.From(Lab, "Kafka 0.9.0.1", legacyKafka: true, debeziumPassword: null);
        Assert.StartsWith("kcat -X api.version.request=false -X broker.version.fallback=0.9.0.1 -b ", connections.Internal.ListTopics, StringComparison.Ordinal);
        Assert.Null(connections.Debezium);
    }
}
