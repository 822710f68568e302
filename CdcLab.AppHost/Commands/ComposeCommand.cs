using System.CommandLine;
using CdcLab.AppHost.Output;
using CdcLab.AppHost.Settings;
using CdcLab.Model.Containers;
using CdcLab.Model.Options;
using CdcLab.Runtime.Compose;
using CdcLab.Runtime.Standalone.Fetching;

namespace CdcLab.AppHost.Commands;

/// <summary><c>compose</c>: writes the lab's servers as a folder for Docker Compose; starts nothing.</summary>
internal static class ComposeCommand
{
    public static Command Make(CommandLineSettings settings)
    {
        Option<string> output = new("--output") { Description = "The folder: new, empty, or written by this command before.", HelpName = "FOLDER", Required = true };
        Command command = new("compose", "Write the lab's servers (MySQL, ZooKeeper, Kafka, Kafka UI) as compose.yaml, .env and mysql-init/. Nothing is started.") { output };
        command.SetAction(parsed => Write(settings, parsed.GetValue(output)!));
        return command;
    }

    private static int Write(CommandLineSettings settings, string output)
    {
        if (string.IsNullOrWhiteSpace(output))
            throw new UnavailableException("--output is empty: name a folder.");

        // Which ports are taken here and now, and how much memory there is, says nothing of where and when the folder is used.
        if (Preparation.ContainerModel(settings) is not { } model)
            return ExitCodes.CouldNotRun;
        ComposeFolder folder = new(output);
        folder.Write(model);
        Terminal.Line($"Written: {folder.Path}");
        Terminal.Line($"  start    docker compose --project-directory {Pasted(folder.Path)} up --wait");
        Terminal.Line($"  check    dotnet run --project CdcLab.AppHost -- verify --env-file {Pasted(folder.EnvPath)}");
        Terminal.Line($"  stop     docker compose --project-directory {Pasted(folder.Path)} down     (with --volumes it deletes the data too)");
        Terminal.Line($"  secrets  {folder.EnvPath} (mode 0600)");
        if (!model.KafkaUi.Open)
            Terminal.Line($"  Kafka UI http://{LocalAddress(model.Options)}:{model.Ports.KafkaUi}, user {ContainerMapping.KafkaUiUser}, KAFKA_UI_PASSWORD of that file");
        return ExitCodes.Ok;
    }

    // As a shell takes it for one word.
    private static string Pasted(string path) => path.All(c => char.IsAsciiLetterOrDigit(c) || c is '/' or '.' or '_' or '-') ? path : $"'{path.Replace("'", "'\\''", StringComparison.Ordinal)}'";

    private static string LocalAddress(LabOptions options) => options.BindAddress == "0.0.0.0" ? "127.0.0.1" : options.BindAddress;
}
