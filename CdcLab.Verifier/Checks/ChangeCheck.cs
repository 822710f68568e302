using CdcLab.Verifier.Cdc;
using MySqlConnector;

namespace CdcLab.Verifier.Checks;

/// <summary>What MySQL committed is what consumers get: it arrives, it is all there, it has the right values, and it is soon there.</summary>
internal sealed class ChangeCheck(VerifiedLab lab, ChangeFollower follower, MySqlAccess access, TimeProvider time) : ICheck
{
    private const int Sampled = 100;
    private const int Named = 5;
    private const int MostPhantoms = 100;
    private const string Snapshot = "`aspire resource orders-cdc snapshot`";
    private static readonly TimeSpan Settled = TimeSpan.FromSeconds(5), Lately = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan FaultMemory = ChangeLatencies.Window;
    private static readonly string[] Upstream = ["connect.connector", "connect.tasks", "connect.configuration", "connect.position", "mysql.grants.debezium"];

    // What keeps the connector's producer from writing.
    private static readonly string[] Downstream = ["kafka.brokers", "kafka.topics.max_message_bytes", "kafka.min_insync_replicas", "kafka.setting.min.insync.replicas", "kafka.dynamic_settings", "kafka.quotas"];

    private readonly TimeSpan _most = lab.Options.Debezium.MaxDelay;
    private readonly Dictionary<long, int> _differing = [];
    // Executions that MySQL does not have, by their id, until a snapshot has sent those that it has.
    private readonly Dictionary<long, (string What, DateTime At)> _phantoms = [];

    private readonly Promise _flow = Of(
        "cdc.flow",
        $"every change is with a consumer within {DurationText.ToText(lab.Options.Debezium.MaxDelay)}",
        "a connector can say RUNNING for hours and send nothing: only a change that arrives proves it",
        "the market's ledger, which has every commit, against a consumer of the connector's topics; where nothing is committed, the connector's heartbeats",
        "what stopped the connector is healed; it goes on where it was",
        "Lab:Debezium:MaxDelay");

    private readonly Promise _values = Of(
        "cdc.values",
        "each event has its row's values: numbers, texts, prices, milliseconds, the row before an UPDATE and a DELETE, and a tombstone",
        "a price in base64, a time in another zone or half a row is no copy",
        "every event of both tables decoded, and compared with the ledger",
        "the connector's configuration of this lab; a new snapshot for what consumers got",
        "Debezium's MySQL connector, \"Data type mappings\" and \"Data change events\"");

    private readonly Promise _complete = Of(
        "cdc.complete",
        "every commit of the market has its event, in order within its row; the last event of a row is the row",
        "a change that is lost on the way is noticed by nobody else",
        $"each line of the ledger is waited for; it is missing when its partition has gone on by {ChangeTrack.Skew.TotalSeconds:0} s. {Sampled} orders are compared with their rows, first those whose last event no commit explains",
        "a new snapshot: " + Snapshot.Trim('`'),
        "the promise of change data capture: at least once, in order by key");

    private readonly Promise _latency = Of(
        "cdc.latency",
        $"p99 from commit to consumer at most {DurationText.ToText(lab.Options.Verifier.MaxLatency)} in the last {ChangeLatencies.Window.TotalSeconds:0} s, and the connector's own figures agree",
        "what is captured late is acted on late",
        "the ledger's time of each commit against the arrival of its event; beside it the connector's own ts_ms",
        "what holds up connector or brokers is healed; then the time of the window passes",
        "Lab:Verifier:MaxLatency");

    public IReadOnlyList<Promise> Promises => [_flow, _values, _complete, _latency];

    public async Task<IReadOnlyList<Verdict>> LookAsync(CancellationToken cancellationToken)
    {
        if (follower.Track is not { } track)
            throw new CannotLookException($"No change is followed yet{(follower.WhyNot is { } why ? $": {why}" : "")}.", "Wait until Kafka Connect has come up.");
        if (follower.WhyNot is { } now)
            throw new CannotLookException($"Changes cannot be followed: {now}.", "See kafka.brokers and market.ledger.");
        DateTime at = time.GetUtcNow().UtcDateTime;
        ChangeState state = track.Look(at);
        // What is on its way is no difference.
        string[] differ = state.OldestWaiting is null || at - state.OldestWaiting < Lately ? await CompareAsync(track, at, cancellationToken) : [];
        foreach (long id in _phantoms.Where(p => state.Counts.LastSnapshot > p.Value.At).Select(p => p.Key).ToArray())
            _phantoms.Remove(id);
        return Judge(state, [.. differ, .. _phantoms.Values.Select(p => p.What)], follower.Heartbeat, at);
    }

    internal IReadOnlyList<Verdict> Judge(ChangeState state, IReadOnlyList<string> differ, DateTime? heartbeat, DateTime now) =>
        [Flow(state, heartbeat, now), Values(state.Counts, now), Complete(state, differ, now), Latency(state)];

    private Verdict Flow(ChangeState state, DateTime? heartbeat, DateTime now)
    {
        const string See = "See connect.connector and connect.tasks; `aspire resource orders-cdc restart`.";
        if (state.Counts.LastSnapshot is { } row && now - row < ChangeTrack.SnapshotSilence)
            return _flow.Unknown($"A snapshot is under way: {state.Counts.SnapshotRows:N0} rows so far.", "Wait for its end.");
        if (state.OldestWaiting is { } oldest && now - oldest > _most)
            return _flow.Failed($"{state.Waiting:N0} changes have not arrived, the oldest of {oldest:HH:mm:ss}, {(now - oldest).TotalSeconds:0} s ago", See);
        if (state.ToConsumer.Count > 0)
            return _flow.Ok($"{state.ToConsumer.Count:N0} changes arrived in the last {ChangeLatencies.Window.TotalSeconds:0} s, {state.Waiting:N0} are on their way");
        TimeSpan longest = 3 * DebeziumSettings.Heartbeat;
        if (heartbeat is null && now - state.Counts.Since < longest)
            return _flow.Unknown("No heartbeat has come yet.", "Wait some seconds.");
        return heartbeat is { } beat && now - beat <= longest
            ? _flow.Ok($"nothing is committed; the connector's last heartbeat came {(now - beat).TotalSeconds:0} s ago")
            : _flow.Failed(heartbeat is { } last ? $"nothing arrives, and no heartbeat for {(now - last).TotalSeconds:0} s" : "nothing has arrived yet, and no heartbeat", See);
    }

    private Verdict Values(ChangeCounts counts, DateTime now)
    {
        string seen = $"{counts.Inserts:N0} INSERT, {counts.Updates:N0} UPDATE, {counts.Deletes:N0} DELETE, {counts.SnapshotRows:N0} of a snapshot";
        return counts.LastFaultAt is { } last && now - last < FaultMemory
            ? _values.Failed($"{counts.LastFault} ({counts.Faults:N0} such events since the start)", $"Register the connector with the lab's configuration: `aspire resource orders-cdc configure`. Then have consumers read anew: {Snapshot}.")
            : counts.Matched == 0 ? _values.Unknown($"No event of the market's commits has come yet ({seen}).", "Wait, or let the market run.")
            : _values.Ok($"{counts.Matched:N0} commits compared; {seen}");
    }

    private Verdict Complete(ChangeState state, IReadOnlyList<string> differ, DateTime now)
    {
        ChangeCounts counts = state.Counts;
        string others = $"{counts.Matched:N0} commits arrived, {counts.Duplicates:N0} events came again, {state.Waiting:N0} on their way{(counts.Foreign > 0 ? $", {counts.Foreign:N0} of others" : "")}{(counts.Late > 0 ? $", {counts.Late:N0} late" : "")}";
        if (counts.Missing > 0)
        {
            DateTime from = state.Missing.Count > 0 ? state.Missing.Min(m => m.At) : now, to = state.Missing.Count > 0 ? state.Missing.Max(m => m.At) : now;
            string named = string.Join("; ", state.Missing.GroupBy(m => m.IsOrder).OrderByDescending(g => g.Key).Select(g =>
                $"{(g.Key ? "order" : "executions of order")} {string.Join(", ", g.Select(m => m.OrderId).Distinct().Take(Named))}"));
            return _complete.Failed(
                $"{counts.Missing:N0} changes never came, committed from {from:HH:mm:ss} to {to:HH:mm:ss}: {named}{(state.Missing.Count > Named ? ", ..." : "")}",
                $"They are lost to consumers. A new snapshot sends every row as it is now: {Snapshot}.");
        }

        return counts.BeganAnew is { } anew ? _complete.Failed($"{anew}: what consumers had not read of it is gone", $"A new snapshot sends every row as it is now: {Snapshot}.")
            : counts.OutOfOrder > 0 ? _complete.Failed($"{counts.OutOfOrder:N0} changes came before an earlier one of their order; {others}", $"Consumers hold old rows. A new snapshot sends them as they are: {Snapshot}.")
            : differ.Count > 0 ? _complete.Failed(
                $"{string.Join("; ", differ.Take(Named))}{(differ.Count > Named ? "; ..." : "")}",
                $"Somebody else may write into the connector's topics: end that. A new snapshot sends every row as it is now: {Snapshot}; what MySQL does not have, consumers must delete themselves.")
            : state.OldestWaiting is { } oldest && now - oldest > _most ? _complete.Unknown($"{state.Waiting:N0} changes are still waited for.", "See cdc.flow.") with { Follows = ["cdc.flow", .. Upstream] }
            : counts.Matched == 0 ? _complete.Unknown("No commit of the market was followed yet.", "Wait, or let the market run.")
            : _complete.Ok($"0 missing since {counts.Since:HH:mm:ss} UTC; {others}");
    }

    private Verdict Latency(ChangeState state)
    {
        if (state.ToConsumer is not { Count: > 0 } figures)
            return _latency.Ok("nothing was committed lately");
        string actual = $"p50 {figures.P50Milliseconds:0} ms, p95 {figures.P95Milliseconds:0} ms, p99 {figures.P99Milliseconds:0} ms, N {figures.Count:N0}; until the connector had it: p50 {state.ToConnector.P50Milliseconds:0} ms";
        double most = lab.Options.Verifier.MaxLatency.TotalMilliseconds;
        return figures.P99Milliseconds > most ? _latency.Failed(actual, $"Wait: it is ok again {ChangeLatencies.Window.TotalSeconds:0} s after the last slow change. See cdc.flow, kafka.latency.produce_to_ack and the connector.")
            : figures.P50Milliseconds - state.ToConnector.P50Milliseconds > most / 2 || state.ToConnector.P50Milliseconds < -most / 2
                ? _latency.Failed($"the connector's own times say otherwise: {actual}", "See whether the clocks of MySQL, Connect and this machine agree, and kafka.latency.produce_to_ack.")
                : _latency.Ok(actual);
    }

    // The last event of an order against its row; the row may be newer, so that what differs is looked at again.
    private async Task<string[]> CompareAsync(ChangeTrack track, DateTime now, CancellationToken cancellationToken)
    {
        long[] ids = [.. track.Sample(Sampled, now - Settled).Concat(_differing.Keys).Distinct()];
        ExecutionRow[] unexplained = [.. track.Unexplained(Sampled, now - Settled)];
        if (ids.Length == 0 && unexplained.Length == 0)
            return [];
        await using MySqlConnection connection = await access.OpenAsync(cancellationToken);
        IReadOnlyDictionary<long, OrderRow> rows = ids.Length == 0 ? new Dictionary<long, OrderRow>() : await MarketWalk.OrdersAsync(connection, ids, cancellationToken);
        IReadOnlyList<ExecutionRow> stored = unexplained.Length == 0 ? [] : await MarketWalk.ExecutionsAsync(connection, unexplained.Select(e => e.Id), cancellationToken);
        foreach (ExecutionRow phantom in unexplained.Except(stored).Take(MostPhantoms - _phantoms.Count))
            _phantoms.TryAdd(phantom.Id, ($"execution {phantom.Id} of order {phantom.OrderId} is not in MySQL as its event has it", now));

        List<string> found = [];
        foreach (long id in ids)
        {
            if (!track.TryLast(id, out OrderRow? last) || Difference(id, last, rows) is not { } difference)
            {
                _differing.Remove(id);
                continue;
            }

            // A change that is on its way is waited for by the flow.
            _differing[id] = _differing.GetValueOrDefault(id) + 1;
            if (_differing[id] > 3)
                found.Add(difference);
        }

        return [.. found];
    }

    private static string? Difference(long id, OrderRow? last, IReadOnlyDictionary<long, OrderRow> rows) => (last, rows.GetValueOrDefault(id)) switch
    {
        (null, null) => null,
        (null, _) => $"order {id} is in MySQL, its last event is a DELETE",
        (_, null) => $"order {id} is not in MySQL, its last event says {last.Status}",
        var (_, row) when row.IsSame(last) => null,
        var (_, row) when row.Status != last.Status || row.UpdatedAt != last.UpdatedAt => $"order {id} is {row.Status} of {row.UpdatedAt:HH:mm:ss.fff}, its last event says {last.Status} of {last.UpdatedAt:HH:mm:ss.fff}",
        _ => $"order {id} has other values than its last event",
    };

    private static Promise Of(string id, string expected, string because, string how, string remedy, string source) => new(id, ResourceNames.OrdersCdc, expected, because)
    {
        How = how,
        Remedy = remedy,
        Source = source,
        Follows = id == "cdc.flow" ? [.. Upstream, "mysql.answers", "connect.answers", .. Downstream] : ["cdc.flow", .. Upstream],
    };
}
