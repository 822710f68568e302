using CdcLab.Model;
using CdcLab.Model.Containers;
using CdcLab.Model.Live;
using CdcLab.Model.Options;
using CdcLab.Model.Schema;
using CdcLab.Runtime.Standalone.Data;

namespace CdcLab.AppHost.Output;

/// <summary>What is said once a lab is up: where its parts are reached, and what can be done next.</summary>
internal static class LabIsUp
{
    /// <summary>Says it.</summary>
    /// <param name="model">The lab.</param>
    /// <param name="abilities">What it is and can show.</param>
    /// <param name="directory">Its data directory.</param>
    /// <param name="took">How long its start took.</param>
    /// <param name="dashboard">Where its dashboard is, or why there is none.</param>
    public static void Print(LabModel model, LabAbilities abilities, DataDirectory directory, TimeSpan took, string dashboard)
    {
        string host = model.Options.BindAddress == "0.0.0.0" ? "127.0.0.1" : model.Options.BindAddress;
        Terminal.Line($"The lab is up after {took.TotalSeconds:0.0} s.");
        Terminal.Line($"  MySQL      jdbc:mysql://{host}:{model.MySql.Port}/{OrdersSchema.Database}   (user debezium; passwords in {Path.Combine(directory.Path, "secrets.json")})");
        Terminal.Line($"  Kafka      bootstrap.servers={model.Kafka.ExternalBootstrap}   ({abilities.KafkaDescription})");
        Terminal.Line($"  ZooKeeper  127.0.0.1:{model.ZooKeeper.Port}");
        if (model.Resources.Contains(model.KafkaUi))
            Terminal.Line($"  Kafka UI   http://{host}:{model.Ports.KafkaUi}   ({(model.KafkaUi.Open ? "open, writable" : $"user {ContainerMapping.KafkaUiUser}, its password is kafkaUi in that file; read-only")})");
        Terminal.Line($"  verdicts   http://{host}:{model.Verifier.Port}/v1/report   (as text: /v1/report.md)");
        Terminal.Line($"  dashboard  {dashboard}");
        Terminal.Line($"  data       {directory.Path}");
        if (host != "127.0.0.1" || model.Options.BindAddress == "0.0.0.0")
            Terminal.Line($"  WARNING    Kafka has no authentication, and with Lab:BindAddress = {model.Options.BindAddress} whoever reaches this machine reaches it.");
        string named = DataDirectory.Of(new LabOptions()).Path == directory.Path ? "" : " " + ShellArgument.Of("Lab:DataDirectory", directory.Path);
        Terminal.Line($"From a second terminal: dotnet run --project CdcLab.AppHost -- status{named}");
        Terminal.Line("   (in place of status: connect, stop kafka-1, start kafka-1, verify). Ctrl+C stops everything.");
    }
}
