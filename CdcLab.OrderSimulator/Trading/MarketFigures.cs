using System.Diagnostics.Metrics;
using CdcLab.Model.Reports;

namespace CdcLab.OrderSimulator.Trading;

/// <summary>Counts and latencies of this run: for the API, and as OpenTelemetry metrics.</summary>
internal sealed class MarketFigures : IDisposable
{
    /// <summary>Name of the meter and of the activity source.</summary>
    public const string SourceName = "CdcLab.OrderSimulator";

    private readonly Meter _meter;
    private readonly Counter<long> _ordersMetric;
    private readonly Counter<long> _executionsMetric;
    private readonly Counter<long> _finishedMetric;
    private readonly Counter<long> _purgedMetric;
    private readonly Counter<long> _retriesMetric;
    private readonly Histogram<double> _commitMetric;
    private readonly CommitLatency _commits;
    private long _orders;
    private long _executions;
    private long _filled;
    private long _cancelled;
    private long _purged;
    private long _retries;
    private long _foundDone;
    private long _refused;
    private long _takenUp;

    /// <summary>Makes the figures.</summary>
    /// <param name="meters">Makes the meter.</param>
    /// <param name="time">The clock.</param>
    public MarketFigures(IMeterFactory meters, TimeProvider time)
    {
        _commits = new(time);
        _meter = meters.Create(SourceName);
        _ordersMetric = _meter.CreateCounter<long>("cdclab.orders.placed", "{order}", "Orders placed.");
        _executionsMetric = _meter.CreateCounter<long>("cdclab.executions", "{execution}", "Executions of orders.");
        _finishedMetric = _meter.CreateCounter<long>("cdclab.orders.finished", "{order}", "Orders that came to their end, by status.");
        _purgedMetric = _meter.CreateCounter<long>("cdclab.orders.purged", "{order}", "Old orders that were deleted.");
        _retriesMetric = _meter.CreateCounter<long>("cdclab.transactions.retried", "{transaction}", "Transactions that had to be tried again.");
        _commitMetric = _meter.CreateHistogram(
            "cdclab.commit.duration",
            "s",
            "Duration of COMMIT.",
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.0005, 0.001, 0.0015, 0.002, 0.003, 0.005, 0.007, 0.01, 0.015, 0.02, 0.03, 0.05, 0.1, 0.2, 0.5, 1, 2, 5] });
    }

    /// <summary>Orders that came to their end since the start.</summary>
    public long Finished => Interlocked.Read(ref _filled) + Interlocked.Read(ref _cancelled);

    /// <summary>Orders purged since the start.</summary>
    public long Purged => Interlocked.Read(ref _purged);

    /// <summary>Tells how many orders are open whenever metrics are collected.</summary>
    /// <param name="source">Where they wait.</param>
    public void Observe(WorkSource source) =>
        _meter.CreateObservableUpDownCounter("cdclab.orders.open", () => source.Open, "{order}", "Orders that are open or being placed.");

    /// <summary>Notes one answered COMMIT.</summary>
    public void Committed(MarketStep step, TimeSpan duration)
    {
        _commits.Record(duration);
        _commitMetric.Record(duration.TotalSeconds, new KeyValuePair<string, object?>("cdclab.step", step.Name));
    }

    /// <summary>Counts a step that is in the database.</summary>
    public void Done(MarketStep step)
    {
        switch (step)
        {
            case InsertStep:
                Interlocked.Increment(ref _orders);
                _ordersMetric.Add(1);
                break;
            case ExecuteStep execute:
                Interlocked.Increment(ref _executions);
                _executionsMetric.Add(1);
                if (execute.To == OrderStatus.Filled)
                {
                    Interlocked.Increment(ref _filled);
                    _finishedMetric.Add(1, new KeyValuePair<string, object?>("cdclab.order.status", OrderStatus.Filled));
                }

                break;
            case CancelStep:
                Interlocked.Increment(ref _cancelled);
                _finishedMetric.Add(1, new KeyValuePair<string, object?>("cdclab.order.status", OrderStatus.Cancelled));
                break;
            case PurgeStep purge:
                Interlocked.Add(ref _purged, purge.OrderIds.Count);
                _purgedMetric.Add(purge.OrderIds.Count);
                break;
        }
    }

    /// <summary>Counts a try that failed.</summary>
    public void Retried(MarketStep step)
    {
        Interlocked.Increment(ref _retries);
        _retriesMetric.Add(1, new KeyValuePair<string, object?>("cdclab.step", step.Name));
    }

    /// <summary>Counts a commit whose answer was lost and that was done.</summary>
    public void FoundDone() => Interlocked.Increment(ref _foundDone);

    /// <summary>Counts a step that did not find the order as it was left.</summary>
    public void Refused() => Interlocked.Increment(ref _refused);

    /// <summary>Counts an order that an earlier run left open.</summary>
    public void TakenUp() => Interlocked.Increment(ref _takenUp);

    /// <summary>The counts and latencies as the API shows them, without what others know.</summary>
    public (long Orders, long Executions, long Filled, long Cancelled, long Purged, long Retries, long FoundDone, long Refused, long TakenUp, LatencyFigures Commit) Read() =>
        (Interlocked.Read(ref _orders), Interlocked.Read(ref _executions), Interlocked.Read(ref _filled), Interlocked.Read(ref _cancelled), Purged,
        Interlocked.Read(ref _retries), Interlocked.Read(ref _foundDone), Interlocked.Read(ref _refused), Interlocked.Read(ref _takenUp), _commits.Read());

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();
}
