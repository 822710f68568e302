using System.Diagnostics;
using CdcLab.Benchmarks.Figures;
using CdcLab.Clients.Market;
using CdcLab.Model.Options;
using CdcLab.Runtime.Standalone.Data;

namespace CdcLab.Benchmarks.Market;

/// <summary>The order simulator, unthrottled, against mysqlslap: one after the other on the same MySQL, with the same number of connections.</summary>
/// <param name="run">The lab; its market is paused.</param>
/// <param name="secrets">Its passwords.</param>
/// <param name="slap">mysqlslap.</param>
/// <param name="connections">Connections of each.</param>
/// <param name="window">How long each is measured.</param>
internal sealed class MarketRace(RunRecord run, LabSecrets secrets, Slap slap, int connections, TimeSpan window)
{
    // Until the market has as many orders open as it may have, and mysqlslap has connected.
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan RestLimit = TimeSpan.FromSeconds(60);

    private bool _hasRun;

    public Samples Simulator { get; } = new();

    /// <summary>mysqlslap with one round trip for each statement, as it is commonly run.</summary>
    public Samples Single { get; } = new();

    /// <summary>mysqlslap with two round trips for each transaction, as the simulator makes them.</summary>
    public Samples Batched { get; } = new();

    /// <summary>Executions for each order: how alike the mixes are.</summary>
    public (Samples Simulator, Samples Slap) Mix { get; } = (new(), new());

    /// <summary>Each of the three once.</summary>
    /// <param name="folder">Where mysqlslap's texts are put.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task RunAsync(string folder, CancellationToken cancellationToken)
    {
        // Code that has run before: a compiled client races against one that is compiled while it runs.
        if (!_hasRun)
            await SimulateAsync(new(), new(), cancellationToken);
        _hasRun = true;
        await SimulateAsync(Simulator, Mix.Simulator, cancellationToken);
        await SlapAsync(Path.Combine(folder, "single.sql"), batched: false, Single, cancellationToken);
        await SlapAsync(Path.Combine(folder, "batched.sql"), batched: true, Batched, cancellationToken);
    }

    private async Task SimulateAsync(Samples rate, Samples mix, CancellationToken cancellationToken)
    {
        using MarketClient market = new(run.Ports!.Simulator, secrets.Token);
        await market.SetRateAsync(OrderRate.Max, cancellationToken);
        await MeasureAsync(rate, mix, cancellationToken);
        await market.SetRateAsync(OrderRate.Paused, cancellationToken);
        long begin = Stopwatch.GetTimestamp();
        while ((await market.StateAsync(cancellationToken)).Open > 0)
        {
            if (Stopwatch.GetElapsedTime(begin) > RestLimit)
                throw new BenchmarkException("The market did not come to rest.");
            await Task.Delay(100, cancellationToken);
        }
    }

    private async Task SlapAsync(string script, bool batched, Samples rate, CancellationToken cancellationToken)
    {
        await File.WriteAllTextAsync(script, SlapScript.Write(batched), cancellationToken);
        using Process process = slap.Start(run.Ports!.MySql, secrets.Simulator, script, connections);
        try
        {
            await MeasureAsync(rate, Mix.Slap, cancellationToken);
            if (process.HasExited)
                throw new BenchmarkException($"{slap.Name} ended with exit code {process.ExitCode}: {await process.StandardError.ReadToEndAsync(cancellationToken)}");
        }
        finally
        {
            process.Kill();
            await process.WaitForExitAsync(CancellationToken.None);
        }
    }

    private async Task MeasureAsync(Samples rate, Samples mix, CancellationToken cancellationToken)
    {
        await Task.Delay(WarmUp, cancellationToken);
        long begin = Stopwatch.GetTimestamp();
        Committed before = await ReadAsync(cancellationToken);
        await Task.Delay(window, cancellationToken);
        Committed done = (await ReadAsync(cancellationToken)).Since(before);
        rate.Add(done.Transactions / Stopwatch.GetElapsedTime(begin).TotalSeconds);
        mix.Add((double)done.Executions / done.Orders);
    }

    private Task<Committed> ReadAsync(CancellationToken cancellationToken) => Committed.ReadAsync(run.Ports!.MySql, secrets.Simulator, cancellationToken);
}
