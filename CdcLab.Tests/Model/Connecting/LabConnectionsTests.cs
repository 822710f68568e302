using CdcLab.Model;
using CdcLab.Model.Connecting;
using CdcLab.Model.Live;
using CdcLab.Model.Options;
using Xunit;

namespace CdcLab.Tests.Model.Connecting;

/// <summary>The lines that <c>connect</c> prints. That real clients take them was tried by hand; here they are held to the model.</summary>
[Trait("tier", "model")]
public sealed class LabConnectionsTests
{
    private static readonly LabModel Lab = LabModel.From(
        new() { PortBase = 21000, Kafka = new() { AdvertisedHost = "lab.example" } }, LabPorts.From(21000), LabRuntimeKind.Embedded);

    private static readonly LabAbilities Modern = new("embedded", "MySQL 9.7.4", "Kafka 3.5.2", CapsEnforced: true, []);

    private static readonly LabAbilities Old = Modern with
    {
        NotPossibleHere = [new(LabAbilities.Debezium, "it needs a newer Kafka")],
        KafkaClientSettings = new Dictionary<string, string>(StringComparer.Ordinal) { ["api.version.request"] = "false", ["broker.version.fallback"] = "0.9.0.1" },
    };

    [Fact]
    public void Every_address_is_the_models()
    {
        LabConnections connections = LabConnections.From(Lab, Modern, debeziumPassword: "secret");
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
        LabConnections connections = LabConnections.From(Lab, Modern, debeziumPassword: null);
        Assert.Contains(" --password ", connections.MySql.CommandLine, StringComparison.Ordinal);
        Assert.Equal("********", connections.Debezium!.Config["database.password"]);
    }

    [Fact]
    public void What_every_client_needs_stands_in_its_line_and_there_is_no_connector_where_it_cannot_work()
    {
        LabConnections connections = LabConnections.From(Lab, Old, debeziumPassword: null);
        Assert.StartsWith("kcat -X api.version.request=false -X broker.version.fallback=0.9.0.1 -b ", connections.Internal.ListTopics, StringComparison.Ordinal);
        Assert.Null(connections.Debezium);
    }
}
