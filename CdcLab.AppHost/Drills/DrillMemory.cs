namespace CdcLab.AppHost.Drills;

/// <summary>The memory of one server during a drill.</summary>
/// <param name="CapBytes">The cap that the kernel enforces; null for none.</param>
internal sealed record DrillMemory(string Resource, long? CapBytes, IReadOnlyList<MemorySample> Samples);

/// <summary>What a server could not give back (anonymous memory), in bytes, so many seconds after the drill's beginning.</summary>
internal sealed record MemorySample(double Seconds, long Bytes);

/// <summary>Looks at the servers' memory once a second until it is disposed. What cannot be read, as of a server that is down, has no sample.</summary>
internal sealed class MemoryRecorder : IAsyncDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _gate = new();
    private readonly SortedDictionary<string, (long? Cap, List<MemorySample> Samples)> _seen = new(StringComparer.Ordinal);
    private readonly Task _running;

    public MemoryRecorder(Func<IReadOnlyList<(string Name, MemoryFigures Memory)>> look, TimeProvider time)
    {
        long began = time.GetTimestamp();
        _running = Task.Run(() => RecordAsync(look, time, began), CancellationToken.None);
    }

    public IReadOnlyList<DrillMemory> Recorded
    {
        get
        {
            lock (_gate)
                return [.. _seen.Select(s => new DrillMemory(s.Key, s.Value.Cap, [.. s.Value.Samples]))];
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    private async Task RecordAsync(Func<IReadOnlyList<(string Name, MemoryFigures Memory)>> look, TimeProvider time, long began)
    {
        using PeriodicTimer timer = new(Interval, time);
        do
        {
            try
            {
                Take(look(), Math.Round(time.GetElapsedTime(began).TotalSeconds, 2));
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // A server has just ended: the next look tells.
            }
        }
        while (await timer.WaitForNextTickAsync(_stop.Token));
    }

    private void Take(IReadOnlyList<(string Name, MemoryFigures Memory)> figures, double seconds)
    {
        lock (_gate)
        {
            foreach ((string name, MemoryFigures memory) in figures)
            {
                if (memory.UsedBytes is not { } used)
                    continue;
                if (!_seen.TryGetValue(name, out (long? Cap, List<MemorySample> Samples) server))
                    server = (null, []);
                server.Samples.Add(new(seconds, used));
                _seen[name] = (memory.CapBytes ?? server.Cap, server.Samples);
            }
        }
    }
}
