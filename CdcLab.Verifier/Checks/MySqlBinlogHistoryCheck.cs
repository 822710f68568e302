using CdcLab.Clients.Market;
using CdcLab.Clients.MySql.Binlog;
using Dapper;
using MySqlConnector;

namespace CdcLab.Verifier.Checks;

/// <summary>The binlog's history goes on: nothing vanishes before its time, and every commit of the market is in it, since the verifier's start. What was executed is kept over its restarts.</summary>
internal sealed class MySqlBinlogHistoryCheck(VerifiedLab lab, MySqlAccess access, TimeProvider time) : ICheck
{
    // A file's age takes a login of its own to read.
    private const int MostAgesRead = 8;

    // Of the ledger, at a look: fewer commits than there are raise no alarm.
    private const int LedgerBlock = 64 * 1024;
    private const int MostBlocks = 128;
    private static readonly TimeSpan KeepInterval = TimeSpan.FromSeconds(30);
    private const string Again = "Then take what is there now as the new beginning: `aspire resource verifier restart`.";

    private static readonly Promise History = new(
        "mysql.binlog.history",
        ResourceNames.MySql,
        "the same server_uuid, no GTID less than before, and no binlog file gone before its retention",
        "a connector goes on from a place in it; where that is gone, so are the changes")
    {
        How = "server_uuid, gtid_executed (GTID_SUBSET) and SHOW BINARY LOGS against what they were, and each file's age by its first event",
        Remedy = "nothing brings a lost history back: every connector needs a new snapshot, and the verifier a restart",
        Source = "MySQL Reference Manual, RESET BINARY LOGS AND GTIDS, PURGE BINARY LOGS and binlog_expire_logs_seconds",
        Follows = ["mysql.log_bin", "mysql.grants.debezium", "mysql.binlog", "mysql.binlog_expire_logs_seconds"],
    };

    private static readonly Promise Complete = new(
        "mysql.binlog.complete",
        ResourceNames.MySql,
        "as many transactions in the binlog as the market committed, or more",
        "what a session with sql_log_bin=0 commits is in the tables, and reaches no consumer")
    {
        How = "the lines that the market wrote to its ledger against the GTIDs of gtid_executed, both counted since the verifier's start",
        Remedy = "take away what let sql_log_bin=0 be set; consumers need a new snapshot, and the verifier a restart",
        Source = "MySQL Reference Manual, sql_log_bin; specification, \"The order simulator\"",
        Follows = ["mysql.log_bin", "mysql.gtid_mode", "mysql.grants.simulator"],
    };

    private readonly BinlogHistory _history = new(lab.Options.MySql.BinlogRetention);
    private readonly CommitCount _commits = new(lab.Options.Simulator.Workers);
    private readonly KeptFile<KeptHistory> _file = new(lab.Options.DataDirectory, "mysql-history");
    private LedgerReader _ledger = new(lab.Ledger, LedgerBlock);
    private DateTimeOffset? _kept;
    private long _written;
    private string? _uuid;
    private string _executed = "";
    private string? _lost;
    private string? _withoutGtids;

    public IReadOnlyList<Promise> Promises => [History, Complete];

    public async Task<IReadOnlyList<Verdict>> LookAsync(CancellationToken cancellationToken)
    {
        await using MySqlConnection connection = await access.OpenAsync(cancellationToken);
        // A commit is counted by MySQL before the market writes its line: whatever is in the ledger was executed before the second look.
        _withoutGtids = null;
        long before = await ExecutedAsync(connection, cancellationToken);
        (string Why, string Fix)? unknown = ReadLedger();
        long after = await ExecutedAsync(connection, cancellationToken);
        unknown ??= _withoutGtids is { } mode ? ($"gtid_mode is {mode}: what has no GTID is not counted.", "See mysql.gtid_mode.") : null;
        if (unknown is null)
            _commits.Take(before, _written, after);
        Verdict complete = unknown is { } not ? Complete.Unknown(not.Why, not.Fix) : await CompleteAsync(connection, cancellationToken);
        try
        {
            return [await HistoryAsync(connection, cancellationToken), complete];
        }
        catch (CannotLookException e)
        {
            return [History.Unknown(e.Message, e.Fix, e.Needs), complete];
        }
    }

    // The number of transactions that were ever executed. What is not as it was is told until the verifier is started again.
    private async Task<long> ExecutedAsync(MySqlConnection connection, CancellationToken cancellationToken)
    {
        if (_kept is null && _file.Read() is { Uuid: not null, Executed: not null } kept)
            (_uuid, _executed) = (kept.Uuid, kept.Executed);
        const string Sql = "SELECT @@GLOBAL.server_uuid, @@GLOBAL.gtid_mode, @@GLOBAL.gtid_executed, GTID_SUBSET(@known, @@GLOBAL.gtid_executed)";
        CommandDefinition ask = new(Sql, new { known = _executed }, cancellationToken: cancellationToken);
        (string uuid, string mode, string executed, bool goesOn) = await connection.QuerySingleAsync<(string, string, string, bool)>(ask);
        executed = executed.ReplaceLineEndings("");
        if (_uuid is { } known && known != uuid)
            Lose($"server_uuid was {known} and is {uuid}");
        else if (!goesOn)
            Lose($"gtid_executed was {Shorten(_executed)} and is {Shorten(executed)}");
        else if (_kept is { } last && time.GetUtcNow() - last < KeepInterval)
            return Known();
        // At once where it is lost: the verifier's next start takes what is there as the new beginning.
        _kept = time.GetUtcNow();
        _file.Write(new(uuid, executed));
        return Known();

        long Known()
        {
            (_uuid, _executed) = (uuid, executed);
            if (!mode.StartsWith("ON", StringComparison.OrdinalIgnoreCase))
            {
                _withoutGtids = mode;
                _commits.Begin();
            }

            return GtidSet.Count(executed);
        }
    }

    private void Lose(string what)
    {
        _lost = $"the history that a connector stands on is gone: {what}; noticed at {time.GetUtcNow():HH:mm:ss} UTC";
        _commits.Begin();
    }

    private async Task<Verdict> HistoryAsync(MySqlConnection connection, CancellationToken cancellationToken)
    {
        const string Lost = "What was in it and not read yet is lost: every connector needs a new snapshot.";
        IReadOnlyList<BinlogFile> files = await MySqlAccess.BinlogFilesAsync(connection, cancellationToken);
        // A file that is not on the disk any more is listed without a size.
        if (files.LastOrDefault(f => f.Size == 0) is { } missing)
        {
            string next = files.SkipWhile(f => f != missing).Skip(1).FirstOrDefault()?.Name is { } name ? $"PURGE BINARY LOGS TO '{name}'" : "FLUSH BINARY LOGS";
            return History.Failed($"{missing.Name} is listed, and its file is gone", $"{Lost} {Typed.AsRoot(next)} {Again}");
        }

        if (_lost is not null)
            return History.Failed(_lost, $"{Lost} {Again}");
        Dictionary<string, DateTimeOffset> made = [];
        foreach (BinlogFile file in _history.Unaged(files).Take(MostAgesRead))
            made[file.Name] = await MadeAsync(file, cancellationToken);
        (_, long uptime) = await connection.QuerySingleAsync<(string, long)>(new CommandDefinition("SHOW GLOBAL STATUS LIKE 'Uptime'", cancellationToken: cancellationToken));
        DateTimeOffset now = time.GetUtcNow();
        if (_history.Take(files, made, now, now - TimeSpan.FromSeconds(uptime)) is not { } gone)
            return History.Ok($"{_history.Oldest(now)}; retention promises {Text(lab.Options.MySql.BinlogRetention)}; {GtidSet.Count(_executed)} transactions");
        _lost = $"{gone}; noticed at {now:HH:mm:ss} UTC";
        return History.Failed(_lost, $"{Lost} {Again}");
    }

    private async Task<DateTimeOffset> MadeAsync(BinlogFile file, CancellationToken cancellationToken)
    {
        await using BinlogReplica replica = await access.LogInAsReplicaAsync(cancellationToken);
        try
        {
            // The file's first event comes wherever one begins; behind its end nothing more of it does.
            await replica.BeginAsync(file.Name, file.Size, cancellationToken);
            while (await replica.ReadAsync(cancellationToken) is { } read)
            {
                if (read is FormatEvent)
                    return read.At;
            }

            throw new CannotLookException($"{file.Name} does not say when it was made.", "Wait for the next look.");
        }
        catch (MySqlRefusedException e)
        {
            throw MySqlAccess.DumpRefused(e);
        }
    }

    private async Task<Verdict> CompleteAsync(MySqlConnection connection, CancellationToken cancellationToken)
    {
        if (_commits.Hidden == 0)
            return Complete.Ok($"{_commits.Committed} commits of the market and {_commits.Executed} transactions in the binlog since they are counted");
        string? init = await connection.ExecuteScalarAsync<string>(new CommandDefinition("SELECT @@GLOBAL.init_connect", cancellationToken: cancellationToken));
        bool isInit = init?.Contains("sql_log_bin", StringComparison.OrdinalIgnoreCase) == true;
        string clear = isInit ? $"init_connect sets it. {Typed.AsRoot("RESET PERSIST IF EXISTS init_connect", "SET GLOBAL init_connect = ''")} " : "";
        return Complete.Failed(
            $"{_commits.Hidden} commits of the market are not in the binlog: gtid_executed has no transaction for them",
            $"{clear}See who may set sql_log_bin (SYSTEM_VARIABLES_ADMIN, SESSION_VARIABLES_ADMIN, SUPER), and let the market log in anew: "
            + $"`aspire resource order-simulator restart`. Those commits reach no consumer: every connector needs a new snapshot. {Again}");
    }

    // Null, or why it could not be read.
    private (string Why, string Fix)? ReadLedger()
    {
        const string Fix = MarketAudit.BeginLedger;
        try
        {
            bool isRead = false;
            for (int i = 0; i < MostBlocks && !isRead; i++)
                isRead = _ledger.ReadNewer(Count);
            return _ledger.IsThere ? null : ("There is no ledger yet.", Fix);
        }
        catch (Exception e) when (e is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            _ledger = new(lab.Ledger, LedgerBlock);
            return ($"The market's ledger cannot be read: {e.Message}", Fix);
        }
    }

    private void Count(LedgerEntry entry) => _written += entry.Kind is LedgerKind.Purging or LedgerKind.Start ? 0 : 1;

    private static string Shorten(string gtids) => gtids.Length == 0 ? "empty" : gtids.Length > 120 ? $"{gtids[..120]}..." : gtids;

    internal static string Text(TimeSpan time) => time switch
    {
        { TotalDays: >= 1 } => $"{time.Days} d{(time.Hours > 0 ? $" {time.Hours} h" : "")}",
        { TotalHours: >= 1 } => $"{time.Hours} h{(time.Minutes > 0 ? $" {time.Minutes} min" : "")}",
        { TotalMinutes: >= 1 } => $"{time.Minutes} min",
        _ => $"{time.TotalSeconds:0} s",
    };
}

/// <summary>A server and what it had executed.</summary>
internal sealed record KeptHistory(string Uuid, string Executed);
