using CdcLab.Clients.MySql;
using CdcLab.Model.Schema;
using Dapper;
using MySqlConnector;

namespace CdcLab.Runtime.Convergence;

/// <summary>Creates the database and the tables that are missing, and nothing else.</summary>
internal sealed class SchemaConvergence(MySqlConnection root, List<string> lines)
{
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        // CREATE ... IF NOT EXISTS goes into the binlog even where nothing is created, so it looks first.
        const string DatabaseSql = "SELECT COUNT(*) FROM information_schema.schemata WHERE schema_name = @Database";
        if (await root.ExecuteScalarAsync<long>(new CommandDefinition(DatabaseSql, new { OrdersSchema.Database }, cancellationToken: cancellationToken)) == 0)
        {
            string sql = $"CREATE DATABASE IF NOT EXISTS {SqlText.Identifier(OrdersSchema.Database)} CHARACTER SET utf8mb4";
            await root.ExecuteAsync(new CommandDefinition(sql, cancellationToken: cancellationToken));
            lines.Add($"created database {OrdersSchema.Database}");
        }

        await root.ChangeDatabaseAsync(OrdersSchema.Database, cancellationToken);
        const string TablesSql = "SELECT table_name FROM information_schema.tables WHERE table_schema = @Database";
        HashSet<string> there = [.. await root.QueryAsync<string>(new CommandDefinition(TablesSql, new { OrdersSchema.Database }, cancellationToken: cancellationToken))];
        foreach (TableSpec table in OrdersSchema.Tables.Where(t => !there.Contains(t.Name)))
        {
            try
            {
                await root.ExecuteAsync(new CommandDefinition(table.CreateStatement(), cancellationToken: cancellationToken));
                lines.Add($"created table {OrdersSchema.Database}.{table.Name}");
            }
            catch (MySqlException e) when (e.ErrorCode is MySqlErrorCode.CannotAddForeignConstraint or IncompatibleForeignKeyColumns or MissingForeignKeyIndex or WrongObject)
            {
                // The table it refers to is there and is another one. It is not ours to change; the checks mysql.schema.* fail and say what differs.
                lines.Add($"table {OrdersSchema.Database}.{table.Name} is missing and was not created: {e.Message}");
            }
        }
    }

    private const MySqlErrorCode WrongObject = (MySqlErrorCode)1347;
    private const MySqlErrorCode IncompatibleForeignKeyColumns = (MySqlErrorCode)3780;
    private const MySqlErrorCode MissingForeignKeyIndex = (MySqlErrorCode)1822;
}
