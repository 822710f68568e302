using System.CommandLine;
using CdcLab.AppHost.Drills;
using CdcLab.AppHost.Lab;
using CdcLab.AppHost.Programs;

namespace CdcLab.AppHost.Commands;

/// <summary><c>drill</c>: breaks a temporary lab on purpose, and proves that nothing acknowledged is lost.</summary>
internal sealed class DrillCommand(LabOptions options, Func<LabSession, DistributedApplication> build, Func<LabOptions, CancellationToken, Task> removeVolumes)
{
    private const string List = "list", All = "all";

    // From nothing, what it fetches included.
    private static readonly TimeSpan UpLimit = TimeSpan.FromMinutes(15);

    private readonly List<DrillOutcome> _outcomes = [];
    private readonly List<DrillNotRun> _notRun = [];
    private readonly List<Drill> _leftOut = [];
    private LabReport? _lab;

    public static Command Create(LabOptions options, Func<LabSession, DistributedApplication> build, Func<LabOptions, CancellationToken, Task> removeVolumes)
    {
        Argument<string[]> names = new("NAME") { Description = $"{List} (shows them), {All}, or the names of drills.", Arity = ArgumentArity.OneOrMore };
        Option<string?> report = new("--report") { Description = "Write section 5.4 as Markdown into this file.", HelpName = "FILE" };
        Option<string?> html = new("--html") { Description = "Write section 5.4 with charts into this file, for a browser.", HelpName = "FILE" };
        Option<string?> json = new("--json") { Description = "Write the results as JSON into this file.", HelpName = "FILE" };
        Option<string?> junit = new("--junit") { Description = "Write the results as JUnit XML into this file.", HelpName = "FILE" };
        Option<int?> seed = new("--seed") { Description = "Repeat the choices of another run: which broker, where several would do.", HelpName = "NUMBER" };
        Option<bool> force = new("--force") { Description = "Run a drill although not all checks are ok, once nothing changes any more." };
        Command command = new(
            "drill",
            "Break a temporary lab on purpose while numbered messages are sent, and count what was lost.\n"
            + "Exit codes: 0 nothing lost and all whole, 1 something lost or not whole, 2 could not run, 3 the orchestrator was lost.")
        {
            names, report, html, json, junit, seed, force,
        };
        command.SetAction((parsed, stop) => new DrillCommand(options, build, removeVolumes).RunAsync(
            parsed.GetValue(names)!,
            new(
                ("--report", parsed.GetValue(report), DrillMarkdown.Render),
                ("--html", parsed.GetValue(html), DrillHtml.Render),
                ("--json", parsed.GetValue(json), r => r.RenderJson()),
                ("--junit", parsed.GetValue(junit), r => r.RenderJUnit())),
            parsed.GetValue(seed),
            parsed.GetValue(force),
            stop));
        return command;
    }

    private async Task<int> RunAsync(string[] names, OutputFiles<DrillReport> files, int? seed, bool force, CancellationToken stop)
    {
        if (names is [List])
        {
            LabTerminal.Line(DrillText.List(AllDrills.InOrder, TextBlock.TerminalWidth));
            return ExitCodes.Ok;
        }

        string[] unknown = [.. names.Where(n => n != All && AllDrills.InOrder.All(d => d.Name != n))];
        if (unknown.Length > 0)
            return LabCommands.Refuse(unknown.Select(Unknown));
        if (files.Problem() is { } problem)
            return LabCommands.Refuse([problem]);
        Drill[] drills = [.. AllDrills.InOrder.Where(d => names.Contains(All) || names.Contains(d.Name))];
        int chosen = seed ?? Random.Shared.Next(1_000_000);
        LabTerminal.Line($"{drills.Length} {(drills.Length == 1 ? "drill" : "drills")}, seed {chosen}.");
        // Drills of change data capture need Debezium; as processes it is used where it is there.
        bool changes = options.Debezium.Start || (drills.Any(d => d.IsOfChanges) && DebeziumProgram.Fault(Environment.GetEnvironmentVariable) is null);
        LabOptions lab = options with { Debezium = options.Debezium with { Start = changes } };
        int? ended = await TemporaryLab.RunAsync(lab, build, removeVolumes, session => Impossible(session, drills, names), (services, stopping) => RunAsync(services, drills, names.Contains(All), chosen, force, stopping), stop);
        if (ended is { } told)
            return told;
        drills = [.. drills.Except(_leftOut)];
        bool isCutShort = _outcomes.Count + _notRun.Count < drills.Length;
        string reason = _notRun.Count > 0 ? "The lab was not whole before it." : "The lab was stopped before it.";
        _notRun.AddRange(drills.Skip(_outcomes.Count + _notRun.Count).Select(d => new DrillNotRun(d.Name, reason)));
        DrillReport report = new(DateTimeOffset.UtcNow, chosen, _outcomes, _notRun)
        {
            Machine = _lab?.Machine,
            Kafka = _lab?.Figures?.Kafka,
            MySql = _lab?.Figures?.MySql,
        };
        LabTerminal.Line(DrillText.Sum(report));
        foreach (string path in files.Write(report))
            LabTerminal.Line($"Written: {path}");
        int code = ExitCode(report, isCutShort);
        return code == ExitCodes.CouldNotRun ? LabCommands.Refuse([$"{_notRun[0].Drill}: {_notRun[0].Reason}"]) : code;
    }

    private static string Unknown(string name) => name.StartsWith('-')
        ? $"{name}: is no option of drill; `drill --help` shows them all"
        : name == List ? $"{name}: stands alone"
        : $"{name}: is no drill; the nearest is {LabConfiguration.Nearest(name, AllDrills.InOrder.Select(d => d.Name).Append(All))}, and `drill {List}` shows them all";

    // Who asks for all asks for those that there can be.
    private static IReadOnlyList<string> Impossible(LabSession lab, Drill[] drills, string[] names) => names.Contains(All) ? [] :
    [
        .. from drill in drills
           let refusal = drill.IsOfChanges ? DebeziumExtensions.WhyNotHere(lab) ?? drill.Refusal(lab.Options, lab.Containers) : drill.Refusal(lab.Options, lab.Containers)
           where refusal is not null
           select $"{drill.Name} cannot be run here: {refusal}",
    ];

    // What was lost outranks what could not run.
    internal static int ExitCode(DrillReport report, bool isCutShort) =>
        report.Drills.Any(d => d.Faults.Count > 0) ? ExitCodes.NotOk
        : report.NotRun.Count == 0 ? ExitCodes.Ok
        : report.Drills.Count > 0 && !isCutShort ? ExitCodes.NotOk
        : ExitCodes.CouldNotRun;

    private async Task RunAsync(IServiceProvider services, Drill[] drills, bool isAll, int seed, bool force, CancellationToken stopping)
    {
        (int width, bool ansi) = (TextBlock.TerminalWidth, TextBlock.TerminalHasColors);
        foreach (Drill drill in drills)
        {
            using CancellationTokenSource up = CancellationTokenSource.CreateLinkedTokenSource(stopping);
            up.CancelAfter(UpLimit);
            DrillRunner runner = services.GetRequiredService<DrillRunner>();
            // Each on a lab that is whole again.
            (LabReport? report, string notOk) = await VerifyCommand.SettledAsync(services, up.Token);
            _lab = report ?? _lab;
            if (report is null || !(report.IsAllOk || force))
            {
                NotRun(stopping.IsCancellationRequested
                    ? "The lab was stopped before it."
                    : $"The lab is not whole: {(report is null ? notOk : string.Join(", ", report.Roots().Select(r => r.Id)))}.");
                return;
            }

            // Who asks for all asks for those that there can be.
            if (isAll && runner.Refusal(drill) is { } refusal)
            {
                _leftOut.Add(drill);
                LabTerminal.Line($"  {drill.Name,-24} left out: {refusal}");
                continue;
            }

            try
            {
                DrillOutcome outcome = await runner.RunAsync(drill, seed, stopping, force);
                _outcomes.Add(outcome);
                LabTerminal.Line(DrillText.Result(outcome, width, ansi));
            }
            catch (DrillException e)
            {
                NotRun(e.Message.StartsWith($"{drill.Name}: ", StringComparison.Ordinal) ? e.Message[(drill.Name.Length + 2)..] : e.Message);
            }

            void NotRun(string reason)
            {
                DrillNotRun notRun = new(drill.Name, reason);
                _notRun.Add(notRun);
                LabTerminal.Line(DrillText.NotRun(notRun, width, ansi));
            }
        }
    }
}
