namespace CdcLab.Verifier;

/// <summary>Keeps the checks running, and tells in the log what changed: one line for all that changed together, not one for each check and round.</summary>
internal sealed partial class CheckService(CheckRunner runner, VerifiedLab lab, Sources.FiguresStore figures, TimeProvider time, ILogger<CheckService> log) : BackgroundService
{
    private const int MostNamed = 6;

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(runner.RunAsync(stoppingToken), TellAsync(stoppingToken));

    private async Task TellAsync(CancellationToken stoppingToken)
    {
        Dictionary<string, Outcome> told = new(StringComparer.Ordinal);
        using PeriodicTimer timer = new(lab.Options.Verifier.Interval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
                Tell(told);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The verifier is stopping.
        }
    }

    private void Tell(Dictionary<string, Outcome> told)
    {
        IReadOnlyList<Verdict> verdicts = Causes.Find(runner.Latest(), figures.Fresh);
        bool first = told.Count == 0;
        List<Verdict> changed = [.. verdicts.Where(v => v.CausedBy is null).Where(v => !told.TryGetValue(v.Id, out Outcome before) ? v.Outcome != Outcome.Ok : before != v.Outcome)];
        foreach (Verdict verdict in verdicts)
            told[verdict.Id] = verdict.Outcome;
        if (changed.Count == 0 && !first)
            return;

        (int ok, int failed, int unknown, int notPossible) = (Count(Outcome.Ok), Count(Outcome.Failed), Count(Outcome.Unknown), figures.Last?.NotPossibleHere.Count ?? 0);
        string changes = string.Join("", changed.GroupBy(v => v.Outcome).OrderByDescending(g => g.Key == Outcome.Failed).Select(Describe));
        if (changed.Any(v => v.Outcome == Outcome.Failed))
            LogFailures(ok, failed, unknown, notPossible, changes);
        else
            LogCounts(ok, failed, unknown, notPossible, changes);

        int Count(Outcome outcome) => verdicts.Count(v => v.Outcome == outcome);
    }

    // What failed is told with what was found, the rest by name; a server that is gone takes dozens of checks with it.
    private static string Describe(IGrouping<Outcome, Verdict> group) =>
        $"; now {group.Key.ToString().ToLowerInvariant()}: {string.Join(", ", group.Take(MostNamed).Select(v => group.Key == Outcome.Failed ? $"{v.Id} ({v.Actual})" : v.Id))}{(group.Count() > MostNamed ? $" and {group.Count() - MostNamed} more" : "")}";

    [LoggerMessage(500, LogLevel.Information, "{Ok} ok, {Failed} failed, {Unknown} unknown, {NotPossible} not possible here{Changes}")]
    private partial void LogCounts(int ok, int failed, int unknown, int notPossible, string changes);

    [LoggerMessage(501, LogLevel.Warning, "{Ok} ok, {Failed} failed, {Unknown} unknown, {NotPossible} not possible here{Changes}")]
    private partial void LogFailures(int ok, int failed, int unknown, int notPossible, string changes);
}
