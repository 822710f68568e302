using System.CommandLine;
using CdcLab.AppHost.Output;
using CdcLab.AppHost.Settings;
using CdcLab.Clients.Control;
using CdcLab.Model.Live;

namespace CdcLab.AppHost.Commands;

/// <summary><c>start</c>, <c>stop</c>, <c>restart</c>, <c>kill</c>, <c>pause</c> and <c>resume</c> of one server or service of a running lab.</summary>
internal static class ServerCommands
{
    private static readonly (ServerCommand Command, string Word, string Done, string Description)[] All =
    [
        (ServerCommand.Start, "start", "runs and answers", "Start a server or service that is stopped or has ended."),
        (ServerCommand.Stop, "stop", "is stopped", "Stop a server or service (SIGTERM, then SIGKILL after its grace)."),
        (ServerCommand.Restart, "restart", "runs again and answers", "Stop a server or service, where it runs, and start it."),
        (ServerCommand.Kill, "kill", "is killed", "Kill a server or service (SIGKILL)."),
        (ServerCommand.Pause, "pause", "is paused", "Pause a server or service (SIGSTOP)."),
        (ServerCommand.Resume, "resume", "runs again", "Resume a paused server or service (SIGCONT)."),
    ];

    public static IEnumerable<Command> Make(CommandLineSettings settings) => All.Select(c =>
    {
        Argument<string> name = new("NAME") { Description = "mysql, zookeeper, kafka-1, ..., order-simulator or verifier" };
        Command command = new(c.Word, c.Description) { name };
        command.SetAction((parsed, cancellationToken) => ExecuteAsync(settings, parsed.GetRequiredValue(name), c.Command, c.Done, cancellationToken));
        return command;
    });

    private static async Task<int> ExecuteAsync(CommandLineSettings settings, string name, ServerCommand command, string done, CancellationToken cancellationToken)
    {
        if (Preparation.Options(settings) is not { } options)
            return ExitCodes.CouldNotRun;
        using ControlClient control = RunningLab.Get(options).Control();
        ResourceState state = await control.CommandAsync(name, command, cancellationToken);
        Terminal.Line($"{state.Name} {done}{(state.Pid is { } pid ? $", process {pid}" : "")}.");
        return ExitCodes.Ok;
    }
}
