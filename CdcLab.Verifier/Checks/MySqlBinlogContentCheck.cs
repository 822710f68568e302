using System.Text.RegularExpressions;
using CdcLab.Clients.MySql.Binlog;
using MySqlConnector;

namespace CdcLab.Verifier.Checks;

/// <summary>What is written to the binlog is what CDC can use: whole rows of the orders schema. Each look reads what came since the last.</summary>
internal sealed class MySqlBinlogContentCheck(MySqlAccess access, TimeProvider time) : ICheck
{
    private const long MostBytes = 4 * ByteSize.MiB;
    private static readonly TimeSpan MostTime = TimeSpan.FromSeconds(1);

    private static readonly Promise Content = new(
        "mysql.binlog.content",
        ResourceNames.MySql,
        $"row events of {OrdersSchema.Database} alone, with every column in each image, and no statement that changes rows",
        "what an event does not carry, no consumer learns")
    {
        How = $"the binlog since the last look is read as a replica reads it, {MostBytes / ByteSize.MiB} MiB and {MostTime.TotalSeconds} s at most, "
            + "and each event judged by its kind, table and columns",
        Remedy = "end the session that writes so; whoever read what it wrote needs a new snapshot; what it wrote into MySQL's own tables, mysql.grants.* judge",
        Source = "Debezium's MySQL connector, \"Enabling the binlog\"; MySQL Reference Manual, \"Replication Formats\" and binlog_row_image",
        Follows = ["mysql.log_bin", "mysql.grants.debezium", "mysql.binlog"],
    };

    private readonly BinlogContent _content = new(time);
    private BinlogPlace? _next;
    private DateTimeOffset? _made;

    public IReadOnlyList<Promise> Promises => [Content];

    public async Task<IReadOnlyList<Verdict>> LookAsync(CancellationToken cancellationToken)
    {
        IReadOnlyList<BinlogFile> files;
        await using (MySqlConnection connection = await access.OpenAsync(cancellationToken))
            files = await MySqlAccess.BinlogFilesAsync(connection, cancellationToken);
        BinlogPlace end = BinlogPlace.EndOf(files);
        BinlogPlace from = _next ??= end;
        long all = from.To(end, files);
        if (all < 0)
        {
            // The place is gone: cut off by the recovery after a crash, which began the next file, or with all files, and the present ones were made since.
            BinlogFile next = files.SkipWhile(f => f.Name != from.File).Skip(1).FirstOrDefault() ?? files[0];
            (from, _made) = (new(next.Name, BinlogPlace.Start), null);
            all = from.To(end, files);
        }

        long read = all == 0 ? 0 : await ReadAsync(from, end, files, cancellationToken);
        string told = read < all ? $"sampled {Size(read)} of {Size(all)}" : all == 0 ? "nothing was written" : $"{Size(all)} were read";
        return [_content.Judge(Content, told, end)];
    }

    private static string Size(long bytes) =>
        bytes < ByteSize.MiB ? $"{(bytes + ByteSize.KiB - 1) / ByteSize.KiB} KiB" : $"{bytes / (double)ByteSize.MiB:0.0} MiB";

    private async Task<long> ReadAsync(BinlogPlace from, BinlogPlace end, IReadOnlyList<BinlogFile> files, CancellationToken cancellationToken)
    {
        await using BinlogReplica replica = await access.LogInAsReplicaAsync(cancellationToken);
        long start = time.GetTimestamp();
        BinlogPlace at = from;
        try
        {
            await replica.BeginAsync(from.File, from.Position, cancellationToken);
            _content.Begin();
            // The end is one of a transaction; behind it the reading would stop in the middle of one.
            while (!at.IsAt(end) && replica.BytesRead < MostBytes && time.GetElapsedTime(start) < MostTime
                && await replica.ReadAsync(cancellationToken) is { } read)
            {
                at = read is RotateEvent rotate ? new(rotate.File, rotate.Position) : read.End > 0 ? at with { Position = read.End } : at;
                if (read is FormatEvent && IsAnother(read.At, at == from))
                {
                    _next = new(files[0].Name, BinlogPlace.Start);
                    const string Fix = "Wait for the next look; mysql.binlog.history says what happened.";
                    throw new CannotLookException($"{from.File} is not the file that was read last.", Fix);
                }

                _content.Take(read, at);
            }
        }
        catch (MySqlRefusedException e)
        {
            // A place that it does not know: the next look begins at the end.
            if (e.Code == MySqlAccess.NotThere)
                _next = null;
            throw MySqlAccess.DumpRefused(e);
        }
        catch (Exception e) when (e is InvalidDataException or OverflowException)
        {
            _content.NotUnderstood($"{e.Message.TrimEnd('.')} at {at}");
        }

        bool isComplete = replica.IsAtEnd || at.IsAt(end);
        _next = isComplete ? at : end;
        if (_next.File != at.File)
            _made = null;
        return isComplete ? from.To(end, files) : from.To(at, files);
    }

    // A dump begins with the description of the file that it begins in: one of another time is another file, of the same name.
    private bool IsAnother(DateTimeOffset made, bool isFirst)
    {
        bool isAnother = isFirst && _made is { } known && known != made;
        _made = made;
        return isAnother;
    }
}

/// <summary>A place in the binlog: a file's name and the position of an event in it.</summary>
internal sealed record BinlogPlace(string File, long Position)
{
    /// <summary>Where the first event of a file stands.</summary>
    public const long Start = 4;

    public static BinlogPlace EndOf(IReadOnlyList<BinlogFile> files) => new(files[^1].Name, files[^1].Size);

    /// <summary>Whether the end is reached by one who reads file after file.</summary>
    public bool IsAt(BinlogPlace end) => File == end.File && Position >= end.Position;

    /// <summary>The bytes from here to a later place; negative where this place is not among the files.</summary>
    public long To(BinlogPlace end, IReadOnlyList<BinlogFile> files)
    {
        BinlogFile[] span = [.. files.SkipWhile(f => f.Name != File)];
        if (span.Length == 0 || Position > span[0].Size)
            return -1;
        return span.TakeWhile(f => f.Name != end.File).Sum(f => f.Size) + end.Position - Position;
    }

    public override string ToString() => $"{File}:{Position}";
}

/// <summary>Judges events one after the other, and remembers what it found for a while: a report must not depend on its moment.</summary>
internal sealed partial class BinlogContent(TimeProvider time)
{
    private const int Shown = 3;
    private const string Another = ", another schema,", MySqls = ", a table of MySQL's own,";
    private static readonly TimeSpan Memory = TimeSpan.FromSeconds(15);

    // Each may be set for a session alone; set for all, its own check says so.
    private static readonly string[] Causes = ["mysql.binlog_row_image", "mysql.binlog_format", "mysql.binlog_row_value_options"];

    private readonly Dictionary<(string What, long Session), (string First, int Times, long LastSeen)> _found = [];
    private readonly Dictionary<ulong, TableEvent> _tables = [];
    private (string What, string Fix, long Seen)? _unread;
    private long _session;

    /// <summary>What comes now does not continue what came before.</summary>
    public void Begin() => _tables.Clear();

    /// <param name="place">Behind the event.</param>
    public void Take(BinlogEvent read, BinlogPlace place)
    {
        switch (read)
        {
            case QueryEvent query:
                _session = query.Session;
                Judge(query, place);
                break;
            case TableEvent table:
                _tables[table.Table] = table;
                break;
            case RowsEvent rows:
                Judge(rows, place);
                break;
            case CompressedEvent:
                NotUnderstood(
                    $"a compressed transaction at {place}",
                    $"Compress none. {Typed.AsRoot("SET GLOBAL binlog_transaction_compression = OFF")} "
                    + "Sessions keep what they began with: `aspire resource order-simulator restart`.");
                break;
            case UnreadEvent unread:
                NotUnderstood($"{unread.What} at {place}");
                break;
        }
    }

    public void NotUnderstood(string what, string fix = "See with mysqlbinlog what it is; as long as it is written, the binlog cannot be judged.") =>
        _unread = (what, fix, time.GetTimestamp());

    public Verdict Judge(Promise promise, string read, BinlogPlace end)
    {
        foreach ((string, long) old in _found.Where(f => time.GetElapsedTime(f.Value.LastSeen) > Memory).Select(f => f.Key).ToArray())
            _found.Remove(old);
        if (_found.Count > 0)
        {
            string[] found =
            [
                .. from f in _found
                orderby f.Value.LastSeen descending
                select $"{f.Key.What} by session {f.Key.Session}, {(f.Value.Times > 1 ? $"{f.Value.Times} times, first " : "")}at {f.Value.First}",
            ];
            string more = found.Length > Shown ? $"; and {found.Length - Shown} more" : "";
            string kills = Typed.AsRoot([.. _found.Keys.Select(k => k.Session).Distinct().Take(Shown).Select(Kill)]);
            // Accounts and grants that are changed as rows hold from the next FLUSH PRIVILEGES or start on.
            string then = _found.Keys.All(k => k.What.EndsWith(MySqls, StringComparison.Ordinal))
                ? "Accounts and grants are changed by CREATE USER, ALTER USER, GRANT and REVOKE only: what was written as rows holds from `FLUSH PRIVILEGES` or the next start on. "
                    + "What is wrong then, mysql.answers and mysql.grants.* say, each with its fix."
                : _found.Keys.All(k => k.What.EndsWith(Another, StringComparison.Ordinal))
                ? "Move that schema to another server, or have every connector leave it out (database.include.list)."
                : "What the events do not carry, no consumer that has read them got: it needs a new snapshot.";
            string fix = $"End the session where it still lives. {kills} {then}";
            return promise.Failed(string.Join("; ", found.Take(Shown)) + more, fix) with { Follows = Causes };
        }

        return _unread is { } unread && time.GetElapsedTime(unread.Seen) <= Memory
            ? promise.Unknown($"What is not understood is not judged: {unread.What}.", unread.Fix)
            : promise.Ok($"{read}, up to {end}");
    }

    // KILL of a session that has gone is an error; this is none.
    private static string Kill(long session) =>
        $"SET @kill = COALESCE((SELECT CONCAT('KILL ', id) FROM information_schema.processlist WHERE id = {session}), 'DO 0'); "
        + "PREPARE kill_it FROM @kill; EXECUTE kill_it";

    private void Judge(RowsEvent rows, BinlogPlace place)
    {
        if (!_tables.TryGetValue(rows.Table, out TableEvent? table) || table.Columns != rows.Columns)
            NotUnderstood($"rows of a table that was not named at {place}");
        else if (table.Schema != OrdersSchema.Database)
            Found($"{rows.Kind} of {table.Schema}.{table.Name}{(table.Schema == "mysql" ? MySqls : Another)}", $"{place}");
        else if (!rows.HasAllColumns)
            Found($"{rows.Kind} of {table.Schema}.{table.Name} without all columns", $"{place}");
        else if (rows.IsPartial)
            Found($"{rows.Kind} of {table.Schema}.{table.Name} with parts of JSON values", $"{place}");
    }

    private void Judge(QueryEvent query, BinlogPlace place)
    {
        string statement = query.Statement.ReplaceLineEndings(" ") is { Length: > 60 } text ? text[..60] + "..." : query.Statement;
        switch (FirstWord().Match(query.Statement).Groups["word"].Value.ToUpperInvariant())
        {
            // What a function changes stands as the statement that called it. TRUNCATE is a statement in every format: no row says that it is gone.
            case ("INSERT" or "UPDATE" or "DELETE" or "REPLACE" or "LOAD" or "TRUNCATE" or "WITH" or "SELECT" or "CALL" or "DO") and var word:
                Found($"{word} as a statement", $"{place}, {statement}");
                break;
            case "BEGIN":
                _tables.Clear();
                break;
            case "COMMIT" or "ROLLBACK" or "SAVEPOINT" or "XA" or "CREATE" or "ALTER" or "DROP" or "RENAME" or "GRANT" or "REVOKE" or "SET" or "FLUSH"
                or "ANALYZE" or "OPTIMIZE" or "REPAIR" or "INSTALL" or "UNINSTALL":
                break;
            default:
                NotUnderstood($"{statement} at {place}");
                break;
        }
    }

    private void Found(string what, string at)
    {
        (string first, int times, _) = _found.GetValueOrDefault((what, _session), (at, 0, 0));
        _found[(what, _session)] = (first, times + 1, time.GetTimestamp());
    }

    // Behind comments; what MySQL executes of a comment (/*!40000 ... */) is its statement.
    [GeneratedRegex(
        @"\A(?>\s|\(|--\s.*?(\n|\z)|#.*?(\n|\z)|/\*!\d*|/\*(?!!).*?\*/)*(?<word>[A-Za-z]+)",
        RegexOptions.ExplicitCapture | RegexOptions.Singleline,
        1000)]
    private static partial Regex FirstWord();
}
