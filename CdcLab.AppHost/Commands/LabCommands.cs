using System.CommandLine;
using CdcLab.AppHost.Lab;

namespace CdcLab.AppHost.Commands;

/// <summary>The exit codes of every command; 3, the orchestrator was lost, is <see cref="Processes.OrchestratorWatch.ExitCode"/>.</summary>
internal static class ExitCodes
{
    /// <summary>Done; for <c>verify</c>: every check is ok.</summary>
    public const int Ok = 0;

    /// <summary>Looked, and something failed or is unknown.</summary>
    public const int NotOk = 1;

    /// <summary>Could not run: a wrong setting, a wrong argument, something missing on this machine.</summary>
    public const int CouldNotRun = 2;
}

/// <summary>The commands of the application: <c>run</c>, <c>verify</c>, <c>reset</c>.</summary>
internal static class LabCommands
{
    private const string Help = """
        CdcLab: a change-data-capture source and its log on one machine: MySQL, ZooKeeper, Kafka, a market that writes, a verifier that proves.

        Every setting can be given as --Lab:Section:Name=value or as the environment variable Lab__Section__Name, e.g. --Lab:Kafka:Brokers=5.
        It is a .NET Aspire application: what runs, its logs, stop, kill and pause are in the dashboard and in the Aspire CLI
        (aspire describe, aspire logs NAME, aspire resource NAME stop|start|kill|pause|resume, aspire stop).
        """;

    /// <summary>Runs a command line.</summary>
    /// <param name="args">The arguments.</param>
    /// <param name="build">Adds the lab's resources to an application and builds it.</param>
    /// <param name="removeVolumes">Deletes the volumes of the lab's containers; null where there are none.</param>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(string[] args, Func<LabSession, DistributedApplication> build, Func<LabOptions, CancellationToken, Task>? removeVolumes = null)
    {
        LabArguments arguments = LabArguments.Parse(args);
        RootCommand root = new(Help);
        Command run = new("run", "Run the lab until Ctrl+C (the default).");
        foreach (Command command in (Command[])[root, run])
            command.SetAction((_, stop) => WithOptionsAsync(arguments, options => RunLabAsync(options, arguments, build, stop)));
        root.Add(run);
        root.Add(new VerifyCommand(build, removeVolumes).ToCommand(act => WithOptionsAsync(arguments, act)));
        root.Add(new ResetCommand(removeVolumes).ToCommand(act => WithOptionsAsync(arguments, act)));

        ParseResult parsed = root.Parse(arguments.Commands, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (parsed.Errors.Count > 0)
        {
            foreach (string error in parsed.Errors.Select(e => e.Message).Distinct(StringComparer.Ordinal))
                LabTerminal.Error($"error: {LabArguments.Explain(error)}");
            return ExitCodes.CouldNotRun;
        }

        try
        {
            return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException or DistributedApplicationException)
        {
            // A full disk, a folder without permission, what Aspire refuses: their own words name it.
            return Refuse([refused.Message]);
        }
    }

    /// <summary>Prints refusals.</summary>
    public static int Refuse(IEnumerable<string> refusals)
    {
        foreach (string refusal in refusals)
            LabTerminal.Error($"error: {refusal}");
        return ExitCodes.CouldNotRun;
    }

    private static async Task<int> WithOptionsAsync(LabArguments arguments, Func<LabOptions, Task<int>> run)
    {
        LabOptions options = LabConfiguration.Read(arguments.ToConfiguration(), out IReadOnlyList<OptionFault> faults);
        return arguments.Faults.Count + faults.Count > 0 ? Refuse(arguments.Faults.Concat(faults).Select(f => f.ToString())) : await run(options);
    }

    private static async Task<int> RunLabAsync(LabOptions options, LabArguments arguments, Func<LabSession, DistributedApplication> build, CancellationToken stop)
    {
        (LabSession? lab, IReadOnlyList<string> refusals) = await LabSession.OpenAsync(options, [.. arguments.Aspire], stop);
        if (lab is null)
            return Refuse(refusals);
        using (lab)
            return await LabHosting.RunAsync(lab, build);
    }
}
