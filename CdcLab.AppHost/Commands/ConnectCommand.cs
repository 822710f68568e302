using System.CommandLine;
using System.Text.Json;
using CdcLab.AppHost.Output;
using CdcLab.AppHost.Settings;
using CdcLab.Model.Connecting;
using CdcLab.Model.Live;
using CdcLab.Runtime.Standalone.Data;

namespace CdcLab.AppHost.Commands;

/// <summary><c>connect</c>: how clients of one's own reach a running lab.</summary>
internal static class ConnectCommand
{
    public static Command Make(CommandLineSettings settings)
    {
        Option<bool> json = new("--json") { Description = "Print JSON: {version, mySql, external, internal, zooKeeper, debezium}." };
        Option<bool> secrets = new("--show-secrets") { Description = "Print passwords instead of asking for them." };
        Command command = new("connect", "Show how clients of your own reach a running lab: mysql, JDBC, kcat, a Debezium connector.") { json, secrets };
        command.SetAction(parsed => Show(settings, parsed.GetValue(json), parsed.GetValue(secrets)));
        return command;
    }

    private static int Show(CommandLineSettings settings, bool json, bool showSecrets)
    {
        if (Preparation.Options(settings) is not { } options)
            return ExitCodes.CouldNotRun;
        RunningLab lab = RunningLab.Get(options);
        LabConnections connections = LabConnections.From(
            lab.Model(),
            lab.Abilities,
            showSecrets ? LabSecrets.Read(lab.Directory).Debezium : null);
        if (json)
            Terminal.Data(JsonSerializer.Serialize(connections, LabJson.Indented));
        else
            ConnectionsText.Print(connections, lab);
        return ExitCodes.Ok;
    }
}
