using System.Data;

namespace CdcLab.OrderSimulator.Trading;

/// <summary>One session at MySQL, for one step at a time. After any exception it must be disposed.</summary>
internal interface IMarketSession : IAsyncDisposable
{
    /// <summary>Executes a step up to its commit.</summary>
    /// <returns>Whether the step can be committed; false if another client changed the order, and then it is rolled back.</returns>
    Task<bool> StageAsync(MarketStep step, CancellationToken cancellationToken);

    Task CommitAsync(CancellationToken cancellationToken);

    /// <summary>Finds out whether a step whose commit was not answered is in the database. It waits until the server has decided that commit.</summary>
    Task<bool> WasCommittedAsync(MarketStep step, CancellationToken cancellationToken);
}

/// <summary>A session on a connection of its own.
/// <para>A step takes two round trips: everything up to the commit in one text, then the COMMIT. The order's row is locked first (UPDATE by primary key and
/// status); the executed sum is read after that by a plain SELECT, whose snapshot is therefore newer than whatever held the lock before. Subqueries inside the
/// UPDATE or the INSERT would take gap locks under REPEATABLE READ and make workers deadlock; READ COMMITTED would not work with a wrong binlog_format, which
/// is a fault that the lab must be able to show.</para></summary>
internal sealed class MySqlSession : IMarketSession
{
    internal const string InsertText =
        """
        START TRANSACTION;
        INSERT INTO orders (user_id, symbol, order_type, quantity, price, status, created_at, updated_at) VALUES (@user, @symbol, @type, @quantity, @price, 'PENDING', @at, @at)
        """;

    internal const string ExecuteText =
        """
        START TRANSACTION;
        UPDATE orders SET status = @to, updated_at = @at WHERE order_id = @order AND status = @from AND quantity = @of;
        SELECT ROW_COUNT(), (SELECT COALESCE(SUM(quantity), 0) FROM order_executions WHERE order_id = @order);
        INSERT INTO order_executions (order_id, quantity, price, executed_at) VALUES (@order, @quantity, @price, @at)
        """;

    internal const string CancelText =
        """
        START TRANSACTION;
        UPDATE orders SET status = 'CANCELLED', updated_at = @at WHERE order_id = @order AND status = @from;
        SELECT ROW_COUNT(), (SELECT COALESCE(SUM(quantity), 0) FROM order_executions WHERE order_id = @order)
        """;

    private readonly MySqlConnection _connection;

    private MySqlSession(MySqlConnection connection) => _connection = connection;

    public static async Task<MySqlSession> OpenAsync(string connectionString, CancellationToken cancellationToken)
    {
        MySqlConnection connection = new(connectionString);
        try
        {
            await connection.OpenAsync(cancellationToken);
            return new(connection);
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    public Task<bool> StageAsync(MarketStep step, CancellationToken cancellationToken) => step switch
    {
        InsertStep insert => StageAsync(insert, cancellationToken),
        ExecuteStep execute => StageAsync(execute, cancellationToken),
        CancelStep cancel => StageAsync(cancel, cancellationToken),
        PurgeStep purge => StageAsync(purge, cancellationToken),
        _ => throw new ArgumentOutOfRangeException(nameof(step), step.Name, "No such step."),
    };

    public Task CommitAsync(CancellationToken cancellationToken) => ExecuteAsync("COMMIT", cancellationToken);

    public async Task<bool> WasCommittedAsync(MarketStep step, CancellationToken cancellationToken)
    {
        // Locking reads: the transaction may still be running in the server (its commit waits for the disk, or the server was paused before it read the COMMIT).
        // It holds its row locks until it is decided, and these reads wait for them; a plain read would see "not done" too early.
        bool done = step switch
        {
            InsertStep insert => await WasCommittedAsync(insert, cancellationToken),
            ExecuteStep execute => await WasCommittedAsync(execute, cancellationToken),
            CancelStep cancel => await WasCommittedAsync(cancel, cancellationToken),
            PurgeStep purge => await WasCommittedAsync(purge, cancellationToken),
            _ => throw new ArgumentOutOfRangeException(nameof(step), step.Name, "No such step."),
        };
        await ExecuteAsync("ROLLBACK", cancellationToken);
        return done;
    }

    public ValueTask DisposeAsync() => _connection.DisposeAsync();

    private async Task<bool> StageAsync(InsertStep step, CancellationToken cancellationToken)
    {
        await using MySqlCommand command = Command(
            InsertText,
            ("@user", step.Plan.UserId), ("@symbol", step.Plan.Instrument.Symbol), ("@type", step.Plan.OrderType), ("@quantity", step.Plan.Quantity), ("@price", step.Plan.Price), ("@at", step.At));
        await command.ExecuteNonQueryAsync(cancellationToken);
        step.OrderId = command.LastInsertedId;
        return true;
    }

    private async Task<bool> StageAsync(ExecuteStep step, CancellationToken cancellationToken)
    {
        // updated_at is set even where the status stays PARTIAL: CDC sees every step as a change of the order's row.
        await using MySqlCommand command = Command(
            ExecuteText,
            ("@order", step.OrderId), ("@from", step.From), ("@to", step.To), ("@of", step.OrderQuantity), ("@quantity", step.Quantity), ("@price", step.Price), ("@at", step.At));
        if (!await MatchesAsync(command, step, cancellationToken))
            return false;
        step.ExecutionId = command.LastInsertedId;
        return true;
    }

    private async Task<bool> StageAsync(CancelStep step, CancellationToken cancellationToken)
    {
        await using MySqlCommand command = Command(
            CancelText,
            ("@order", step.OrderId), ("@from", step.From), ("@at", step.At));
        return await MatchesAsync(command, step, cancellationToken);
    }

    private async Task<bool> StageAsync(PurgeStep step, CancellationToken cancellationToken)
    {
        string ids = Ids(step);
        await using MySqlCommand command = Command(
            $"""
            START TRANSACTION;
            DELETE FROM order_executions WHERE order_id IN ({ids});
            DELETE FROM orders WHERE order_id IN ({ids}) AND status IN ('FILLED', 'CANCELLED');
            SELECT ROW_COUNT()
            """);
        long deleted = Convert.ToInt64(await command.ExecuteScalarAsync(cancellationToken), CultureInfo.InvariantCulture);
        if (deleted == step.OrderIds.Count)
            return true;
        await ExecuteAsync("ROLLBACK", cancellationToken);
        return false;
    }

    // Reads the batch's one result set and the rest of the batch; rolls back if another client changed the order.
    private async Task<bool> MatchesAsync(MySqlCommand command, ChangeStep step, CancellationToken cancellationToken)
    {
        bool matches;
        await using (MySqlDataReader reader = await command.ExecuteReaderAsync(cancellationToken))
        {
            await reader.ReadAsync(cancellationToken);
            matches = reader.GetInt64(0) == 1 && reader.GetDecimal(1) == step.ExecutedBefore;
            while (await reader.NextResultAsync(cancellationToken))
            {
                // Throws an error of the INSERT after the SELECT.
            }
        }

        if (!matches)
            await ExecuteAsync("ROLLBACK", cancellationToken);
        return matches;
    }

    private async Task<bool> WasCommittedAsync(InsertStep step, CancellationToken cancellationToken)
    {
        // By key only: after a crash InnoDB can reuse an uncommitted id, so another order's row must be read, too, and told apart.
        // The status is not compared: another simulator may have resumed the order.
        await using MySqlCommand command = Command(
            "START TRANSACTION; SELECT user_id, symbol, order_type, quantity, price, created_at FROM orders WHERE order_id = @order FOR UPDATE",
            ("@order", step.OrderId));
        await using MySqlDataReader reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken)
            && reader.GetInt64(0) == step.Plan.UserId
            && reader.GetString(1) == step.Plan.Instrument.Symbol
            && reader.GetString(2) == step.Plan.OrderType
            && reader.GetInt32(3) == step.Plan.Quantity
            && reader.GetDecimal(4) == step.Plan.Price
            && reader.GetDateTime(5) == step.At;
    }

    private async Task<bool> WasCommittedAsync(ExecuteStep step, CancellationToken cancellationToken)
    {
        // The order's row first: the transaction locks it from its beginning to its end.
        await using MySqlCommand command = Command(
            """
            START TRANSACTION;
            SELECT order_id FROM orders WHERE order_id = @order FOR UPDATE;
            SELECT order_id, quantity, price, executed_at FROM order_executions WHERE execution_id = @execution
            """,
            ("@order", step.OrderId), ("@execution", step.ExecutionId));
        await using MySqlDataReader reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.NextResultAsync(cancellationToken)
            && await reader.ReadAsync(cancellationToken)
            && reader.GetInt64(0) == step.OrderId
            && reader.GetInt32(1) == step.Quantity
            && reader.GetDecimal(2) == step.Price
            && reader.GetDateTime(3) == step.At;
    }

    private async Task<bool> WasCommittedAsync(CancelStep step, CancellationToken cancellationToken)
    {
        await using MySqlCommand command = Command(
            "START TRANSACTION; SELECT status, updated_at FROM orders WHERE order_id = @order FOR UPDATE",
            ("@order", step.OrderId));
        await using MySqlDataReader reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) && reader.GetString(0) == OrderStatus.Cancelled && reader.GetDateTime(1) == step.At;
    }

    private async Task<bool> WasCommittedAsync(PurgeStep step, CancellationToken cancellationToken)
    {
        await using MySqlCommand command = Command($"START TRANSACTION; SELECT order_id FROM orders WHERE order_id IN ({Ids(step)}) FOR UPDATE");
        await using MySqlDataReader reader = await command.ExecuteReaderAsync(cancellationToken);
        return !await reader.ReadAsync(cancellationToken);
    }

    private async Task ExecuteAsync(string text, CancellationToken cancellationToken)
    {
        await using MySqlCommand command = Command(text);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private MySqlCommand Command(string text, params ReadOnlySpan<(string Name, object Value)> parameters)
    {
        MySqlCommand command = _connection.CreateCommand();
        command.CommandText = text;
        command.CommandType = CommandType.Text;
        foreach ((string name, object value) in parameters)
            command.Parameters.AddWithValue(name, value);
        return command;
    }

    // Numbers only: no injection is possible.
    private static string Ids(PurgeStep step) => string.Join(',', step.OrderIds);
}
