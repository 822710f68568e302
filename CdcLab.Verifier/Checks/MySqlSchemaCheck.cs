using Dapper;
using MySqlConnector;

namespace CdcLab.Verifier.Checks;

/// <summary>The tables are as the specification says. The lab creates missing ones at its start, and never alters one.</summary>
internal sealed class MySqlSchemaCheck(MySqlAccess access) : ICheck
{
    private readonly Promise[] _promises =
    [
        .. OrdersSchema.Tables.Select(t => new Promise(
            $"mysql.schema.{t.Name}",
            ResourceNames.MySql,
            $"{t.Columns.Count} columns, primary key {t.PrimaryKey}, {t.Indexes.Count} further {(t.Indexes.Count == 1 ? "index" : "indexes")}{(t.ForeignKey is null ? "" : ", 1 foreign key")}, as the specification says",
            "what reads the changes relies on their columns and types")),
    ];

    public IReadOnlyList<Promise> Promises => _promises;

    public async Task<IReadOnlyList<Verdict>> LookAsync(CancellationToken cancellationToken)
    {
        await using MySqlConnection connection = await access.OpenAsync(cancellationToken);
        List<Verdict> verdicts = [];
        foreach ((Promise promise, TableSpec spec) in _promises.Zip(OrdersSchema.Tables))
            verdicts.Add(await JudgeAsync(connection, promise, spec, cancellationToken));
        return verdicts;
    }

    private static async Task<Verdict> JudgeAsync(MySqlConnection connection, Promise promise, TableSpec spec, CancellationToken cancellationToken)
    {
        TableState? state = await TableState.ReadAsync(connection, OrdersSchema.Database, spec.Name, cancellationToken);
        if (state is null && await IsHiddenAsync(connection, spec.Name, cancellationToken))
            return promise.Unknown($"{DatabaseUser.Debezium.Account} may not see the table.", "Start the lab again: it grants its users what they need.");
        IReadOnlyList<string> differences = TableDifferences.Of(spec, state);
        if (differences.Count == 0)
            return promise.Ok(promise.Expected);
        return promise.Failed(
            string.Join("; ", differences),
            state is null
                ? "Start the lab again: it creates missing tables."
                : $"Change the table by hand, or make a new lab (another Lab:DataDirectory): the lab alters no table. It must be: {OneLine(spec.CreateStatement())}");
    }

    // information_schema does not show what one has no privilege on: "not there" and "not for you" look the same there.
    private static async Task<bool> IsHiddenAsync(MySqlConnection connection, string table, CancellationToken cancellationToken)
    {
        try
        {
            string sql = $"SELECT 1 FROM {SqlText.Identifier(OrdersSchema.Database)}.{SqlText.Identifier(table)} LIMIT 0";
            await connection.ExecuteAsync(new CommandDefinition(sql, cancellationToken: cancellationToken));
            return false;
        }
        catch (MySqlException e) when (e.ErrorCode is MySqlErrorCode.NoSuchTable or MySqlErrorCode.UnknownDatabase)
        {
            return false;
        }
        catch (MySqlException e) when (e.ErrorCode is MySqlErrorCode.TableAccessDenied or MySqlErrorCode.DatabaseAccessDenied)
        {
            return true;
        }
    }

    private static string OneLine(string sql) => sql.Replace("\n  ", " ", StringComparison.Ordinal).Replace('\n', ' ');
}
