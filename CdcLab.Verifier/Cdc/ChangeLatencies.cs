using CdcLab.Verifier.Probes;

namespace CdcLab.Verifier.Cdc;

/// <summary>How long changes took from their commit to a consumer, and to the connector by its own word. Not thread-safe.</summary>
internal sealed class ChangeLatencies
{
    /// <summary>By arrival: what a stop has held up is forgotten soon after it has come.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromSeconds(15);

    private const int Most = 50_000;

    private readonly Queue<(DateTime Arrived, double Milliseconds, double ConnectorMilliseconds)> _lately = new();
    private readonly LatencyHistory _history = new(Stopwatch.GetTimestamp());

    /// <summary>The longest since it was last set.</summary>
    public TimeSpan Longest { get; set; }

    public LatencyFigures ToConsumer => Figures("commit-to-consumer", _lately.Select(l => l.Milliseconds));

    public LatencyFigures ToConnector => Figures("commit-to-connector", _lately.Select(l => l.ConnectorMilliseconds));

    /// <summary>To the consumer, over minutes.</summary>
    public LatencyFigures Recent => _history.Recent("commit-to-consumer", Stopwatch.GetTimestamp());

    /// <param name="connectorAt">When the connector had it; null where its event does not say so.</param>
    public void Add(DateTime committed, DateTime? connectorAt, DateTime arrived)
    {
        TimeSpan took = arrived > committed ? arrived - committed : TimeSpan.Zero;
        if (took > Longest)
            Longest = took;
        _lately.Enqueue((arrived, took.TotalMilliseconds, connectorAt is { } had ? (had - committed).TotalMilliseconds : double.NaN));
        if (_lately.Count > Most)
            _lately.Dequeue();
        _history.Record((long)(took.TotalSeconds * Stopwatch.Frequency), Stopwatch.GetTimestamp());
    }

    /// <summary>Forgets what arrived before the window that ends now.</summary>
    public void Forget(DateTime now)
    {
        while (_lately.TryPeek(out (DateTime Arrived, double, double) old) && now - old.Arrived > Window)
            _lately.Dequeue();
    }

    private static LatencyFigures Figures(string name, IEnumerable<double> milliseconds)
    {
        double[] sorted = [.. milliseconds.Where(m => !double.IsNaN(m)).Order()];
        return sorted.Length == 0 ? new(name, Window, 0, null, null, null, null) : new(name, Window, sorted.Length, Rank(0.50), Rank(0.95), Rank(0.99), Rank(1));

        double Rank(double quantile) => sorted[Math.Max((int)Math.Ceiling(quantile * sorted.Length) - 1, 0)];
    }
}
