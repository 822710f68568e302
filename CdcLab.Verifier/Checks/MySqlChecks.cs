using Dapper;
using MySqlConnector;

namespace CdcLab.Verifier.Checks;

internal abstract class MySqlCheck(MySqlAccess access, params Promise[] promises) : ICheck
{
    public IReadOnlyList<Promise> Promises => promises;

    public async Task<IReadOnlyList<Verdict>> LookAsync(CancellationToken cancellationToken)
    {
        await using MySqlConnection connection = await access.OpenAsync(cancellationToken);
        List<Verdict> verdicts = [];
        foreach (Promise promise in promises)
            verdicts.Add(await JudgeAsync(connection, promise, cancellationToken));
        return verdicts;
    }

    protected abstract Task<Verdict> JudgeAsync(MySqlConnection connection, Promise promise, CancellationToken cancellationToken);
}

/// <summary>The CDC user can see where the binlog is and read events of it.</summary>
internal sealed class MySqlBinlogCheck(MySqlAccess access) : MySqlCheck(
    access, new Promise("mysql.binlog", ResourceNames.MySql, "a binlog position, and events that debezium can read", "the binlog is what CDC captures"))
{
    protected override async Task<Verdict> JudgeAsync(MySqlConnection connection, Promise promise, CancellationToken cancellationToken)
    {
        try
        {
            if (await BinlogStatus.ReadAsync(connection, cancellationToken) is not { } status)
                return promise.Failed("no binlog is written", "Start MySQL again (`aspire resource mysql restart`): the lab gives it --log-bin.");

            // It takes REPLICATION SLAVE, as the binlog stream that Debezium reads does; the first event costs next to nothing.
            CommandDefinition ask = new($"SHOW BINLOG EVENTS IN {SqlText.Literal(status.File)} LIMIT 1", cancellationToken: cancellationToken);
            string found = $"{status.File}, position {status.Position}";
            return (await connection.QueryAsync(ask)).Any()
                ? promise.Ok(found)
                : promise.Failed($"{found}, and no event in it", "See MySQL's log: a binlog file starts with an event that describes it.");
        }
        catch (MySqlException e) when (e.ErrorCode is MySqlErrorCode.SpecifiedAccessDeniedError)
        {
            return promise.Failed($"debezium may not read it: {e.Message}", $"Start the lab again: it grants {DatabaseUser.Debezium.Account} what it needs.");
        }
    }
}

/// <summary>Each user of ours may do exactly what it must, and no other account stands in for it.</summary>
internal sealed class MySqlGrantsCheck(MySqlAccess access) : MySqlCheck(access, [.. DatabaseUser.All.Select(u => new Promise(
    $"{Prefix}{u.Name}",
    ResourceNames.MySql,
    $"{string.Join(", ", u.Privileges)} ON {u.Scope}, nothing else",
    "a user that can do more than it must is a door; one that can do less stops"))])
{
    private const string Prefix = "mysql.grants.";
    private const string Again = "Start the lab again: it creates its users, grants what is missing and revokes what is extra.";

    protected override async Task<Verdict> JudgeAsync(MySqlConnection connection, Promise promise, CancellationToken cancellationToken)
    {
        DatabaseUser user = DatabaseUser.All.First(u => promise.Id == Prefix + u.Name);
        try
        {
            await connection.ExecuteAsync(new CommandDefinition(SqlText.SessionMode, cancellationToken: cancellationToken));
            if (await UserGrants.ReadAsync(connection, user.Name, "%", cancellationToken) is not { } grants)
                return promise.Failed($"there is no user {user.Account}", Again);
            GrantDifference difference = GrantDifference.Of(user, grants);
            string[] missing = difference.Missing.Count == 0 ? [] : [$"missing: {string.Join(", ", difference.Missing)}"];
            string[] extra = difference.Extra.Count == 0 ? [] : [$"beyond it: {string.Join(", ", difference.Extra)}"];
            if (!difference.IsNone)
                return promise.Failed(string.Join("; ", [.. missing, .. extra]), Again);

            string shadows = string.Join(", ", await UserGrants.ShadowsAsync(connection, user.Name, cancellationToken));
            return shadows.Length == 0
                ? promise.Ok($"{string.Join(", ", user.Privileges)} ON {user.Scope}")
                : promise.Failed($"{shadows} stands in for {user.Account} where its host fits", $"DROP USER {shadows}; the lab drops no account that is not its own.");
        }
        catch (MySqlException e) when (e.ErrorCode is MySqlErrorCode.TableAccessDenied or MySqlErrorCode.DatabaseAccessDenied or MySqlErrorCode.SpecifiedAccessDeniedError)
        {
            return promise.Unknown($"{DatabaseUser.Debezium.Account} may not ask for it: {e.Message}", Again);
        }
    }
}

/// <summary>The tables are as the specification says. The lab creates missing ones at its start, and never alters one.</summary>
internal sealed class MySqlSchemaCheck(MySqlAccess access) : MySqlCheck(
    access, [.. OrdersSchema.Tables.Select(t => new Promise($"{Prefix}{t.Name}", ResourceNames.MySql, Expected(t), "what reads the changes relies on their columns and types"))])
{
    private const string Prefix = "mysql.schema.";

    protected override async Task<Verdict> JudgeAsync(MySqlConnection connection, Promise promise, CancellationToken cancellationToken)
    {
        TableSpec spec = OrdersSchema.Tables.First(t => promise.Id == Prefix + t.Name);
        TableState? state = await TableState.ReadAsync(connection, OrdersSchema.Database, spec.Name, cancellationToken);
        if (state is null && await IsHiddenAsync(connection, spec.Name, cancellationToken))
            return promise.Unknown($"{DatabaseUser.Debezium.Account} may not see the table.", "Start the lab again: it grants its users what they need.");
        IReadOnlyList<string> differences = TableDifferences.Of(spec, state);
        if (differences.Count == 0)
            return promise.Ok(promise.Expected);
        string statement = spec.CreateStatement().Replace("\n  ", " ", StringComparison.Ordinal).Replace('\n', ' ');
        return promise.Failed(
            string.Join("; ", differences),
            state is null
                ? "Start the lab again: it creates missing tables."
                : $"Change the table by hand, or make a new lab (another Lab:DataDirectory): the lab alters no table. It must be: {statement}");
    }

    private static string Expected(TableSpec table)
    {
        string indexes = $"{table.Indexes.Count} further {(table.Indexes.Count == 1 ? "index" : "indexes")}";
        return $"{table.Columns.Count} columns, primary key {table.PrimaryKey}, {indexes}{(table.ForeignKey is null ? "" : ", 1 foreign key")}, as the specification says";
    }

    private static bool IsDenied(MySqlException e) => e.ErrorCode is MySqlErrorCode.TableAccessDenied or MySqlErrorCode.DatabaseAccessDenied;

    // information_schema does not show what one has no privilege on: "not there" and "not for you" look the same there.
    private static async Task<bool> IsHiddenAsync(MySqlConnection connection, string table, CancellationToken cancellationToken)
    {
        try
        {
            string sql = $"SELECT 1 FROM {SqlText.Identifier(OrdersSchema.Database)}.{SqlText.Identifier(table)} LIMIT 0";
            await connection.ExecuteAsync(new CommandDefinition(sql, cancellationToken: cancellationToken));
            return false;
        }
        catch (MySqlException e) when (e.ErrorCode is MySqlErrorCode.NoSuchTable or MySqlErrorCode.UnknownDatabase || IsDenied(e))
        {
            return IsDenied(e);
        }
    }
}
