namespace CdcLab.Benchmarks;

/// <summary>From SIGINT or SIGTERM to nothing left, with everything running: market, probes, dashboard.</summary>
internal static class StopTime
{
    private const double Target = 15;

    public static async Task<IReadOnlyList<Result>> MeasureAsync(Workplace place, CancellationToken cancellationToken)
    {
        Samples took = new();
        for (int turn = 0; turn < place.Turns; turn++)
        {
            string signal = turn % 2 == 0 ? "INT" : "TERM";
            await using LabProcess lab = await place.StartLabAsync("stop", [], cancellationToken);
            took.Add((await lab.StopAsync(signal, cancellationToken)).TotalSeconds);
            place.Say($"SIG{signal} to nothing left: {took.Last:0.0} s");
        }

        string spread = $"{took.Spread("0.0", " s")}, {took.Turns}";
        return [new("Ctrl+C (SIGINT, SIGTERM) to nothing left", $"{took.Median:0.0} s", spread, $"under {Target} s", took.Most < Target)];
    }
}
