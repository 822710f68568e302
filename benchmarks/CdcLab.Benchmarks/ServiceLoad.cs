using CdcLab.Clients.Market;

namespace CdcLab.Benchmarks;

/// <summary>Memory of order simulator and verifier while the market trades, and their processor time while it is paused.</summary>
internal static class ServiceLoad
{
    private const double MemoryTarget = 160;
    private const double LoadTarget = 3;
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Slice = TimeSpan.FromSeconds(10);
    private const int Slices = 9;

    public static async Task<IReadOnlyList<Result>> MeasureAsync(Workplace place, LabProcess lab, CancellationToken cancellationToken)
    {
        int simulator = await lab.PidAsync(ResourceNames.OrderSimulator, cancellationToken);
        int verifier = await lab.PidAsync(ResourceNames.Verifier, cancellationToken);
        Samples sum = new(), ofSimulator = new(), ofVerifier = new();
        await Memory.SampleAsync(() =>
        {
            ofSimulator.Add(Memory.MiB(Proc.Pss(simulator)));
            ofVerifier.Add(Memory.MiB(Proc.Pss(verifier)));
            sum.Add(ofSimulator.Last + ofVerifier.Last);
        }, cancellationToken);
        place.Say($"simulator {ofSimulator.Median:0} MiB, verifier {ofVerifier.Median:0} MiB");

        using MarketClient market = lab.Market();
        await market.PauseAsync(cancellationToken);
        await Task.Delay(Rest, cancellationToken);
        Samples load = new();
        TimeSpan began = Used();
        long begin = Stopwatch.GetTimestamp();
        for (int i = 0; i < Slices; i++)
        {
            (TimeSpan before, long at) = (Used(), Stopwatch.GetTimestamp());
            await Task.Delay(Slice, cancellationToken);
            load.Add(100 * ((Used() - before) / Stopwatch.GetElapsedTime(at)));
        }

        double whole = 100 * ((Used() - began) / Stopwatch.GetElapsedTime(begin));
        return
        [
            Memory.Row("order simulator and verifier: memory", sum, MemoryTarget),
            new(
                "order simulator and verifier, market paused: processor", $"{whole:0.0} % of a core",
                $"{load.Spread("0.0", " %")}, {load.Count} times {Slice.TotalSeconds:0} s", $"under {LoadTarget} %", whole < LoadTarget),
        ];

        TimeSpan Used() => Proc.Used(simulator) + Proc.Used(verifier);
    }
}
