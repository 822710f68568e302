using System.Diagnostics.Metrics;
using System.Runtime.CompilerServices;
using HdrHistogram;

namespace CdcLab.OrderSimulator.Trading;

/// <summary>Counts and latencies since the start, for the API and as OpenTelemetry metrics.</summary>
internal sealed class MarketFigures : IDisposable
{
    /// <summary>Name of the meter and of the activity source.</summary>
    public const string SourceName = "CdcLab.OrderSimulator";

    private static readonly double[] Buckets = [0.0005, 0.001, 0.0015, 0.002, 0.003, 0.005, 0.007, 0.01, 0.015, 0.02, 0.03, 0.05, 0.1, 0.2, 0.5, 1, 2, 5];

    private readonly List<StrongBox<long>> _committing = [];
    private readonly TimeProvider _time;
    private readonly Meter _meter;
    private readonly Counter<long> _retries;
    private readonly Histogram<double> _commits;
    private long _lastCommit;

    public MarketFigures(IMeterFactory meters, TimeProvider time)
    {
        (_time, Commit) = (time, new(time));
        _meter = meters.Create(SourceName);
        _meter.CreateObservableCounter("cdclab.orders.placed", () => Orders.Value, "{order}", "Orders placed.");
        _meter.CreateObservableCounter("cdclab.executions", () => Executions.Value, "{execution}", "Executions of orders.");
        _meter.CreateObservableCounter("cdclab.orders.finished", FinishedByStatus, "{order}", "Finished orders, by status.");
        _meter.CreateObservableCounter("cdclab.orders.purged", () => Purged.Value, "{order}", "Finished orders that were deleted.");
        _retries = _meter.CreateCounter<long>("cdclab.transactions.retried", "{transaction}", "Failed attempts of transactions.");
        _commits = _meter.CreateHistogram("cdclab.commit.duration", "s", "Duration of COMMIT.", advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = Buckets });

        Measurement<long>[] FinishedByStatus() => [WithStatus(Filled, OrderStatus.Filled), WithStatus(Cancelled, OrderStatus.Cancelled)];
        static Measurement<long> WithStatus(Count count, string status) => new(count.Value, new KeyValuePair<string, object?>("cdclab.order.status", status));
    }

    public Count Orders { get; } = new();
    public Count Executions { get; } = new();
    public Count Filled { get; } = new();
    public Count Cancelled { get; } = new();
    public Count Purged { get; } = new();

    public Count Retries { get; } = new();

    /// <summary>Commits whose answer was lost and which the database turned out to have.</summary>
    public Count FoundCommitted { get; } = new();

    /// <summary>Steps that found their order changed by another client.</summary>
    public Count Refused { get; } = new();

    /// <summary>Open orders of earlier runs that this run resumed.</summary>
    public Count Resumed { get; } = new();

    public CommitLatency Commit { get; }

    /// <summary>When an order was last placed, executed or cancelled; null before the first.</summary>
    public DateTimeOffset? LastCommitAt => Interlocked.Read(ref _lastCommit) is var ticks and not 0 ? new(ticks, TimeSpan.Zero) : null;

    /// <summary>The time of the oldest transaction whose COMMIT was sent and whose line is not in the ledger yet.</summary>
    public DateTime? CommittingSince
    {
        get
        {
            lock (_committing)
            {
                return _committing.Select(r => Volatile.Read(ref r.Value)).Where(t => t != 0).Select(t => (DateTime?)new DateTime(t, DateTimeKind.Utc)).Min();
            }
        }
    }

    /// <summary>Where a runner writes the time (ticks) of the transaction that it commits; 0 for none.</summary>
    public StrongBox<long> AddRunner()
    {
        StrongBox<long> runner = new();
        lock (_committing)
            _committing.Add(runner);
        return runner;
    }

    public long Finished => Filled.Value + Cancelled.Value;

    /// <summary>Adds the number of open orders to the metrics.</summary>
    public void Observe(WorkSource source) =>
        _meter.CreateObservableUpDownCounter("cdclab.orders.open", () => source.Open, "{order}", "Orders that are open or being placed.");

    public void AddCommit(MarketStep step, TimeSpan duration)
    {
        Commit.Record(duration);
        _commits.Record(duration.TotalSeconds, new KeyValuePair<string, object?>("cdclab.step", step.Name));
    }

    public void AddRetry(MarketStep step)
    {
        Retries.Add();
        _retries.Add(1, new KeyValuePair<string, object?>("cdclab.step", step.Name));
    }

    public void AddOutcome(MarketStep step, bool isDone)
    {
        if (!isDone)
            Refused.Add();
        else if (step is PurgeStep purge)
            Purged.Add(purge.OrderIds.Count);
        else
        {
            (step is InsertStep ? Orders : step is CancelStep ? Cancelled : Executions).Add();
            Interlocked.Exchange(ref _lastCommit, _time.GetUtcNow().Ticks);
        }

        if (isDone && step is ExecuteStep { To: OrderStatus.Filled })
            Filled.Add();
    }

    public void Dispose() => _meter.Dispose();

    internal sealed class Count
    {
        private long _value;

        public long Value => Interlocked.Read(ref _value);

        public void Add(long amount = 1) => Interlocked.Add(ref _value, amount);
    }
}

/// <summary>The recent duration of COMMIT: the current window of 30 s and the one before.</summary>
internal sealed class CommitLatency(TimeProvider time)
{
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(30);

    private readonly Lock _lock = new();
    private LongHistogram _current = Make();
    private LongHistogram _previous = Make();
    private long _began = time.GetTimestamp();
    private bool _hasPrevious;

    public void Record(TimeSpan duration)
    {
        long microseconds = Math.Clamp((long)duration.TotalMicroseconds, 1, 60_000_000);
        lock (_lock)
        {
            Rotate();
            _current.RecordValue(microseconds);
        }
    }

    public LatencyFigures Read()
    {
        LongHistogram both = Make();
        TimeSpan window;
        lock (_lock)
        {
            Rotate();
            both.Add(_current);
            both.Add(_previous);
            window = time.GetElapsedTime(_began) + (_hasPrevious ? Window : TimeSpan.Zero);
        }

        double? At(double percentile) => both.TotalCount == 0 ? null : both.GetValueAtPercentile(percentile) / 1000.0;
        return new("mysql-commit", TimeSpan.FromSeconds(Math.Round(window.TotalSeconds)), both.TotalCount, At(50), At(95), At(99), At(100));
    }

    private void Rotate()
    {
        TimeSpan age = time.GetElapsedTime(_began);
        if (age < Window)
            return;
        (_current, _previous) = (_previous, _current);
        _current.Reset();
        if (age >= 2 * Window)
            _previous.Reset();
        _began = time.GetTimestamp();
        _hasPrevious = true;
    }

    // 1 microsecond to a minute, two digits.
    private static LongHistogram Make() => new(1, 60_000_000, 2);
}
