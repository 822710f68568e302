using System.CommandLine;
using System.CommandLine.Invocation;
using System.ComponentModel;
using CdcLab.AppHost.Lab;
using CdcLab.AppHost.Programs;
using CdcLab.Clients.Verifier;

namespace CdcLab.AppHost.Commands;

/// <summary>The exit codes of every command; 3, the orchestrator was lost, is <see cref="OrchestratorWatch.ExitCode"/>.</summary>
internal static class ExitCodes
{
    public const int Ok = 0;
    public const int NotOk = 1;
    public const int CouldNotRun = 2;
}

/// <summary>The commands of the application: <c>run</c>, <c>verify</c>, <c>drill</c>, <c>reset</c>.</summary>
internal static class LabCommands
{
    private const string Help = """
        CdcLab: a change-data-capture source and its log on one machine: MySQL, ZooKeeper, Kafka, a market that writes, a verifier that proves.

        Every setting can be given as --Lab:Section:Name=value or as the environment variable Lab__Section__Name, e.g. --Lab:Kafka:Brokers=5.
        It is a .NET Aspire application: what runs, its logs, stop, kill and pause are in the dashboard and in the Aspire CLI
        (aspire describe, aspire logs NAME, aspire resource NAME stop|start|kill|pause|resume, aspire stop).
        """;

    public static async Task<int> RunAsync(string[] args, Func<LabSession, DistributedApplication> build, Func<LabOptions, CancellationToken, Task> removeVolumes)
    {
        LabArguments arguments = LabArguments.Parse(args);
        LabOptions options = LabConfiguration.Read(arguments.ToConfiguration(), out IReadOnlyList<string> faults);
        RootCommand root = new(Help)
        {
            new Command("run", "Run the lab until Ctrl+C (the default)."),
            VerifyCommand.Create(options, build, removeVolumes),
            DrillCommand.Create(options, build, removeVolumes),
            ResetCommand.Create(options, removeVolumes),
        };
        root.SetAction((_, stop) => RunLabAsync(options, arguments, build, stop));
        root.Subcommands[0].Action = root.Action;

        ParseResult parsed = root.Parse(arguments.Commands, new ParserConfiguration { ResponseFileTokenReplacer = null });
        string[] refusals = [.. parsed.Errors.Select(e => LabArguments.Explain(e.Message)).Distinct(StringComparer.Ordinal), .. arguments.Faults.Select(f => f.ToString()), .. faults];
        // Help and version need no valid setting.
        if (refusals.Length > 0 && (parsed.Errors.Count > 0 || parsed.Action is AsynchronousCommandLineAction))
            return Refuse(refusals);
        try
        {
            return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException or FormatException or InvalidOperationException { InnerException: FormatException } or Win32Exception or DistributedApplicationException or ProgramUnavailableException or VerifierException)
        {
            // A full disk, a folder without permission, a program that is missing, what Aspire refuses: their own words name it.
            return Refuse([refused.Message]);
        }
    }

    public static int Refuse(IEnumerable<string> refusals)
    {
        foreach (string refusal in refusals)
            LabTerminal.Error($"error: {OptionFault.OneLine(refusal).Trim()}");
        return ExitCodes.CouldNotRun;
    }

    private static async Task<int> RunLabAsync(LabOptions options, LabArguments arguments, Func<LabSession, DistributedApplication> build, CancellationToken stop)
    {
        bool isNew = !Directory.Exists(LabDataDirectory.Of(options).Path);
        (LabSession? lab, IReadOnlyList<string> refusals) = await LabSession.OpenAsync(options, [.. arguments.Aspire], stop);
        if (lab is null)
            return Refuse(refusals);
        using (lab)
        {
            try
            {
                return await LabHosting.RunAsync(lab, build);
            }
            finally
            {
                // Aspire refuses its own switches later than the lab does, but before a server has made anything.
                if (isNew && Directory.GetDirectories(lab.Folder).Length == 0)
                    Directory.Delete(lab.Folder, recursive: true);
            }
        }
    }
}

/// <summary><c>reset</c>: deletes a lab's data, so that the next start makes new data.</summary>
internal static class ResetCommand
{
    public static Command Create(LabOptions options, Func<LabOptions, CancellationToken, Task> removeVolumes)
    {
        Option<bool> yes = new("--yes") { Description = "Do not ask." };
        Command command = new("reset", "Delete the data directory of a lab that does not run: databases, logs, passwords; and the volumes of its containers.") { yes };
        command.SetAction((parsed, stop) => RunAsync(LabDataDirectory.Of(options), parsed.GetValue(yes), () => removeVolumes(options, stop)));
        return command;
    }

    private static async Task<int> RunAsync(LabDataDirectory directory, bool yes, Func<Task> removeVolumes)
    {
        if (!Directory.Exists(directory.Path))
        {
            LabTerminal.Line($"There is no lab in {directory.Path}.");
            return ExitCodes.Ok;
        }

        if (directory.IsHeld)
            return LabCommands.Refuse([$"A lab runs in {directory.Path}{(directory.Running is { } run ? $" (process {run.Pid})" : "")}: stop it first. Nothing was deleted."]);
        if (directory.Stamp is not { } stamp)
            return LabCommands.Refuse([$"{directory.Path} is not the folder of a lab that this version knows (it has no valid {LabDataDirectory.StampFile}). Nothing was deleted."]);
        if (!yes && Console.IsInputRedirected)
            return LabCommands.Refuse(["reset asks before it deletes, and there is no terminal to ask on: add --yes. Nothing was deleted."]);
        if (!yes)
        {
            Console.Write($"Delete the databases, logs and passwords in {directory.Path}? [y/N] ");
            if (Console.ReadLine()?.Trim().ToUpperInvariant() is not ("Y" or "YES"))
            {
                LabTerminal.Line("Nothing was deleted.");
                return ExitCodes.NotOk;
            }
        }

        // First: without the folder nobody would know of the volumes any more.
        if (stamp.Runtime == LabRuntime.Container)
            await removeVolumes();
        directory.Delete();
        LabTerminal.Line($"Deleted: {directory.Path}");
        return ExitCodes.Ok;
    }
}
