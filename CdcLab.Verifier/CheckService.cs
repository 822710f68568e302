namespace CdcLab.Verifier;

/// <summary>Keeps the checks running, and tells in the log what changed: one line for all that changed together, not one for each check and round.</summary>
internal sealed partial class CheckService(CheckRunner runner, VerifiedLab lab, FiguresStore figures, Causes causes, TimeProvider time, ILogger<CheckService> log)
    : BackgroundService
{
    private const int MostNamed = 6;

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(runner.RunAsync(stoppingToken), TellAsync(stoppingToken));

    /// <summary>What turned since it was told last; empty where nothing did.</summary>
    internal static string Changes(IReadOnlyList<Verdict> verdicts, IReadOnlyDictionary<string, Outcome> told)
    {
        return string.Concat(verdicts
            .Where(v => v.CausedBy is null && v.Outcome != told.GetValueOrDefault(v.Id, Outcome.Ok))
            .GroupBy(v => v.Outcome)
            .OrderByDescending(g => g.Key == Outcome.Failed)
            .Select(g => $"; now {g.Key.ToString().ToLowerInvariant()}: {Names([.. g])}"));

        string Names(IReadOnlyList<Verdict> turned) =>
            string.Join(", ", turned.Take(MostNamed).Select(Name)) + (turned.Count > MostNamed ? $" and {turned.Count - MostNamed} more" : "");

        // What failed is told with what was found, the rest by name; a server that is gone takes dozens of checks with it.
        string Name(Verdict verdict)
        {
            int follow = verdicts.Count(v => v.CausedBy == verdict.Id);
            string?[] words = [verdict.Outcome == Outcome.Failed ? verdict.Actual : null, follow == 0 ? null : $"{follow} follow{(follow == 1 ? "s" : "")}"];
            return verdict.Id + (words.All(w => w is null) ? "" : $" ({string.Join("; ", words.OfType<string>())})");
        }
    }

    private async Task TellAsync(CancellationToken stoppingToken)
    {
        Dictionary<string, Outcome> told = [];
        using PeriodicTimer timer = new(lab.Options.Verifier.Interval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
            Tell(told);
    }

    private void Tell(Dictionary<string, Outcome> told)
    {
        IReadOnlyList<Verdict> verdicts = causes.FindLately(runner.Latest(), figures.Fresh, figures.At);
        bool first = told.Count == 0;
        string changes = Changes(verdicts, told);
        foreach (Verdict verdict in verdicts)
            told[verdict.Id] = verdict.Outcome;
        if (changes.Length == 0 && !first)
            return;

        string notPossible = figures.Last is { } known ? $"{known.NotPossibleHere.Count} not possible here" : "what is not possible here is not known";
        LogLevel level = changes.Contains("now failed", StringComparison.Ordinal) ? LogLevel.Warning : LogLevel.Information;
        string counts = string.Join(", ", Enum.GetValues<Outcome>().Select(o => $"{verdicts.Count(v => v.Outcome == o)} {o.ToString().ToLowerInvariant()}"));
        LogTurn(level, counts, notPossible, changes);
    }

    [LoggerMessage(EventId = 500, Message = "{Counts}, {NotPossible}{Changes}")]
    private partial void LogTurn(LogLevel level, string counts, string notPossible, string changes);
}
