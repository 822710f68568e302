using System.Text.Json;
using CdcLab.Model.Connecting;
using CdcLab.Model.Containers;
using CdcLab.Model.Live;

namespace CdcLab.AppHost.Output;

/// <summary>How clients reach a lab, to read and to paste: a line is never broken, however long.</summary>
internal static class ConnectionsText
{
    public static void Print(LabConnections connections, RunningLab lab)
    {
        MySqlConnection mySql = connections.MySql;
        Terminal.Line($"MySQL, as the user that captures changes ({lab.Abilities.MySqlDescription})");
        Terminal.Line($"  {mySql.CommandLine}");
        Terminal.Line($"  {mySql.Jdbc}   (Connector/J; user {mySql.User}{(mySql.Password is { } password ? $", password {password}" : "")})");
        Terminal.Line();
        Terminal.Line($"Kafka, from this machine: EXTERNAL ({connections.KafkaDescription})");
        Print(connections.External);
        Terminal.Line();
        Terminal.Line($"Kafka, the brokers' own side: INTERNAL{(lab.Abilities.Runtime == "container" ? $", from a container on the lab's network ({Network(lab)})" : ", on loopback of this machine")}");
        Print(connections.Internal);
        Terminal.Line();
        Terminal.Line("ZooKeeper");
        Terminal.Line($"  {connections.ZooKeeper}");
        Terminal.Line();
        if (connections.Debezium is { } connector)
        {
            Terminal.Line("Debezium: POST this to Kafka Connect's /connectors");
            if (lab.Abilities.Runtime == "container")
                Terminal.Line($"(a Connect on this machine; one in a container, with --network {Network(lab)}, takes mysql, 3306 and the INTERNAL bootstrap servers in place of these)");
            foreach (string line in JsonSerializer.Serialize(connector, LabJson.Indented).Split('\n'))
                Terminal.Line($"  {line}");
        }
        else
        {
            Terminal.Line($"Debezium: not possible here: {lab.Abilities.WhyNot(LabAbilities.Debezium)}");
        }

        Terminal.Line();
        if (mySql.Password is null)
            Terminal.Line($"Passwords: connect --show-secrets, or {Path.Combine(lab.Directory.Path, "secrets.json")}.");
    }

    private static string Network(RunningLab lab) => ContainerNames.Lab(lab.Model().Options.Name);

    private static void Print(KafkaSide side)
    {
        Terminal.Line($"  bootstrap.servers={side.BootstrapServers}");
        foreach ((string name, string value) in side.ClientSettings)
            Terminal.Line($"  {name}={value}");
        Terminal.Line($"  {side.ListTopics}");
        Terminal.Line($"  {side.ReadProbe}");
    }
}
