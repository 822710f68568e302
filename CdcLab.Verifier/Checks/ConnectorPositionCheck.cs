using CdcLab.Clients.Connect;
using CdcLab.Verifier.Cdc;
using Dapper;
using MySqlConnector;

namespace CdcLab.Verifier.Checks;

/// <summary>The connector's stored position is one that MySQL still has, it moves, and nobody else reads under the connector's id.</summary>
internal sealed class ConnectorPositionCheck(ConnectClient connect, MySqlAccess access, FiguresStore figures, ChangeFollower? follower, TimeProvider time) : ICheck
{
    private const string Snapshot = "What was committed since is lost to consumers. A new snapshot sends every row as it is now: `aspire resource orders-cdc snapshot`.";
    // MySQL's words.
    private const string SameId = "same server_uuid/server_id";

    // Connector and task.
    private const string Running = "RUNNING RUNNING";
    private static readonly TimeSpan Standstill = 12 * DebeziumSettings.OffsetFlush;
    private static readonly TimeSpan Flushed = 2 * DebeziumSettings.OffsetFlush;
    private static readonly TimeSpan SessionMemory = TimeSpan.FromSeconds(20);

    private static readonly Promise Position = new("connect.position", ResourceNames.OrdersCdc, "the stored position is in MySQL's history and binlog, and moves with it", "a position that MySQL no longer has is a gap, at the next start if not now")
    {
        How = "GET /connectors/orders-cdc/offsets against gtid_executed and gtid_purged",
        Remedy = "restart of orders-cdc where it stands still; a new snapshot where the position is gone",
        Source = "Debezium's MySQL connector, \"When things go wrong\"; MySQL Reference Manual, GTID_SUBSET",
        Follows = ["connect.answers", "connect.connector", "mysql.answers", "mysql.binlog.history"],
    };

    private static readonly Promise ServerId = new("connect.server_id", ResourceNames.OrdersCdc, $"one session at a time reads the binlog as replica {DebeziumSettings.ServerId}", "MySQL ends the older of two sessions with one id: both take turns, and neither gets on")
    {
        How = "the sessions of debezium that dump the binlog by GTID, over the last 20 s; the configurations of the worker's other connectors",
        Remedy = "KILL of the sessions, of which the connector's comes back; end the other client, or give it another server id; DELETE of the other connector",
        Source = "MySQL Reference Manual, server_id of replicas",
        Follows = ["connect.answers", "connect.connector", "mysql.answers"],
    };

    private readonly Dictionary<long, DateTimeOffset> _sessions = [];
    private bool _tookTurns;
    private object? _connector;
    private (string Gtids, string Executed, DateTimeOffset At)? _moved;

    public IReadOnlyList<Promise> Promises => [Position, ServerId];

    public async Task<IReadOnlyList<Verdict>> LookAsync(CancellationToken cancellationToken)
    {
        // Whatever has it begin anew gives it another session, and so does a MySQL that was away.
        object? before = _connector;
        _connector = null;
        ConnectorOffset? offset;
        ConnectorStatus? status;
        IReadOnlyList<string> others;
        (string? State, string? Configuration, DateTime? Begun) connector;
        try
        {
            offset = await connect.OffsetAsync(cancellationToken);
            status = await connect.StatusAsync(cancellationToken);
            connector = await ConnectorAsync(status, cancellationToken);
            others = await connect.OthersAsync("database.server.id", $"{DebeziumSettings.ServerId}", cancellationToken);
        }
        catch (ConnectException e)
        {
            throw ConnectorCheck.Silent(e);
        }

        bool goesOn = offset is { IsSnapshot: false } && connector.Equals(before);
        if (!goesOn)
            _moved = null;
        await using MySqlConnection connection = await access.OpenAsync(cancellationToken);
        const string Dumps = "SELECT id FROM information_schema.processlist WHERE command = 'Binlog Dump GTID'";
        long[] sessions = [.. await connection.QueryAsync<long>(new CommandDefinition(Dumps, cancellationToken: cancellationToken))];
        const string Sql = "SELECT @@GLOBAL.gtid_executed, GTID_SUBTRACT(@@GLOBAL.gtid_purged, @gtids), GTID_SUBTRACT(@gtids, @@GLOBAL.gtid_executed), GTID_SUBTRACT(@@GLOBAL.gtid_executed, @gtids)";
        (string executed, string purged, string unknown, string unread) =
            await connection.QuerySingleAsync<(string, string, string, string)>(new CommandDefinition(Sql, new { gtids = offset?.Gtids ?? "" }, cancellationToken: cancellationToken));
        // Servers before 8.0.29 have no switch for it.
        Dictionary<string, string> expiry = (await connection.QueryAsync<(string Name, string Value)>(new CommandDefinition("SHOW GLOBAL VARIABLES LIKE 'binlog_expire_logs%'", cancellationToken: cancellationToken))).ToDictionary(v => v.Name, v => v.Value);
        TimeSpan kept = expiry.GetValueOrDefault("binlog_expire_logs_auto_purge") == "OFF" ? TimeSpan.Zero : TimeSpan.FromSeconds(long.Parse(expiry["binlog_expire_logs_seconds"], CultureInfo.InvariantCulture));
        _connector = connector;
        return [Judge(offset, executed, purged, unknown, kept, unread.Length == 0, runs: connector.State == Running), others.Count > 0 ? Shared(others) : IsTaken(status) ? Taken(sessions) : Judge(sessions, goesOn)];
    }

    /// <param name="kept">After which time MySQL purges a binlog file that is not written any more; 0 for never.</param>
    /// <param name="hasReadAll">Whether the stored position has everything that was executed.</param>
    /// <param name="runs">Whether connector and task run: then what is stored may be some seconds behind what was read.</param>
    internal Verdict Judge(ConnectorOffset? offset, string executed, string purged, string unknown, TimeSpan kept, bool hasReadAll = false, bool runs = false)
    {
        if (offset is null)
            return Position.Unknown("No position is stored yet.", "Wait for the end of the snapshot; `aspire resource orders-cdc restart` if it does not come.");
        string at = $"{offset.File}:{offset.Position}";
        if (offset.IsSnapshot)
            return Position.Unknown("A snapshot is under way.", "Wait for its end.");
        if (offset.Gtids is not { } gtids)
            return Position.Failed($"{at}, and no GTIDs", $"It was stored while gtid_mode was not ON. {Snapshot}");
        if (unknown.Length > 0)
            return Gone($"{at} is of a history that MySQL does not have: {unknown}");
        DateTimeOffset now = time.GetUtcNow();
        if (_moved is not { } moved || moved.Gtids != gtids || executed == moved.Executed)
            _moved = moved = (gtids, executed, now);
        if (purged.Length > 0 && !(runs && now - moved.At <= Flushed))
            return Gone($"{at}, and MySQL has purged what comes next: {purged}");
        return now - moved.At > Standstill
            ? Position.Failed($"{at}, the same for {(now - moved.At).TotalSeconds:0} s while MySQL went on", "Run `aspire resource orders-cdc restart`.") with
            {
                Follows = ["connect.tasks", "mysql.grants.debezium", .. Position.Follows],
                Afterwards = "Then have the connector log in anew: `aspire resource orders-cdc restart`.",
            }
            : Position.Ok($"{at}; {Away(hasReadAll ? now : offset.WrittenAt ?? now, kept, now)}");
    }

    // Whatever state the connector is in.
    private Verdict Gone(string actual)
    {
        ChangeState? state = follower?.Track?.Look(time.GetUtcNow().UtcDateTime);
        string lost = state is { Waiting: > 0, OldestWaiting: { } oldest } ? $"; not with consumers: {state.Waiting:N0} changes, committed from {oldest:HH:mm:ss} to {time.GetUtcNow().UtcDateTime:HH:mm:ss} UTC" : "";
        return Position.Failed(actual + lost, Snapshot) with { Follows = [] };
    }

    // MySQL keeps a file for so long after it was written last, which was not before what the connector has read.
    private static string Away(DateTimeOffset written, TimeSpan kept, DateTimeOffset now)
    {
        TimeSpan left = kept - (now - written);
        return kept == TimeSpan.Zero ? "MySQL purges nothing by itself"
            : left <= TimeSpan.Zero ? "MySQL may purge what it has not read at any time"
            : $"it may be away for {(left.TotalHours >= 2 ? $"{Math.Floor(left.TotalHours):0} h" : $"{Math.Floor(left.TotalMinutes):0} min")} until MySQL purges what it has not read";
    }

    private Verdict Shared(IReadOnlyList<string> others) => ServerId.Failed(
        $"connector {string.Join(", ", others)} of this worker has the id too",
        $"Run {string.Join(" then ", others.Select(o => FixText.Code($"curl --silent --show-error --request DELETE {connect.Address(o).AbsoluteUri}")))}, or give it another database.server.id. Then `aspire resource orders-cdc restart`.");

    /// <summary>Whether the task has failed because MySQL has given its id to another session.</summary>
    internal static bool IsTaken(ConnectorStatus? status) => status?.Tasks.Any(t => t.State == "FAILED" && t.Trace?.Contains(SameId, StringComparison.Ordinal) == true) == true;

    internal static Verdict Taken(IReadOnlyList<long> sessions) => ServerId.Failed(
        $"MySQL has ended the connector's session for another client with its id{(sessions.Count == 0 ? "" : $": session {string.Join(", ", sessions)}")}",
        $"{(sessions.Count == 0 ? "End that client" : $"End that client. {Typed.AsRoot([.. sessions.Select(s => $"KILL {s}")])} Where it comes back, end it")}, or give it another server id; while it reads, SHOW PROCESSLIST names its host and port. Then `aspire resource orders-cdc restart`.");

    /// <param name="goesOn">Whether the connector is as it was at the last look: nobody has paused it, given it another configuration, or had it begin anew.</param>
    internal Verdict Judge(IReadOnlyList<long> sessions, bool goesOn = true)
    {
        DateTimeOffset now = time.GetUtcNow();
        if (!goesOn)
            _sessions.Clear();
        foreach (long session in sessions)
            _sessions[session] = now;
        foreach (long old in _sessions.Where(s => now - s.Value > SessionMemory).Select(s => s.Key).ToArray())
            _sessions.Remove(old);
        // A command of the lab is known here a little later than its session.
        bool tookTurns = _tookTurns;
        // One that ended may be a restart.
        _tookTurns = _sessions.Keys.Count(s => !sessions.Contains(s)) > 1;
        return _tookTurns && tookTurns
            ? ServerId.Failed(
                $"{_sessions.Count} sessions took turns in the last {SessionMemory.TotalSeconds:0} s: {string.Join(", ", _sessions.Keys.Order())}",
                sessions.Count == 0 ? "Wait for the next look, which names who reads then." : $"{Typed.AsRoot([.. sessions.Select(s => $"KILL {s}")])} The connector comes back by itself. Where the other client does too, end it, or give it another server id; SHOW PROCESSLIST names its host and port.")
            : ServerId.Ok(sessions.Count == 0 ? "none reads now" : $"session {string.Join(", ", sessions)}");
    }

    private async Task<(string? State, string? Configuration, DateTime? Begun)> ConnectorAsync(ConnectorStatus? status, CancellationToken cancellationToken)
    {
        IReadOnlyDictionary<string, string>? configuration = await connect.ConfigurationAsync(cancellationToken);
        return (
            status is null ? null : string.Join(' ', status.Tasks.Select(t => t.State).Prepend(status.Connector.State)),
            configuration is null ? null : string.Join('\n', configuration.OrderBy(s => s.Key, StringComparer.Ordinal)),
            figures.Last?.Resources.FirstOrDefault(r => r.Name == ResourceNames.OrdersCdc)?.BegunAt);
    }
}
