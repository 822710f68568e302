namespace CdcLab.OrderSimulator.Trading;

/// <summary>One session at MySQL, for one step at a time. After any exception it must be disposed.</summary>
internal interface IMarketSession : IAsyncDisposable
{
    /// <summary>Executes a step up to its commit. False if another client changed the order; then the step is rolled back.</summary>
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
internal sealed class MySqlSession(MySqlConnection connection) : IMarketSession
{
    internal const string InsertText =
        """
        START TRANSACTION;
        INSERT INTO orders (user_id, symbol, order_type, quantity, price, status, created_at, updated_at) VALUES (@user, @symbol, @type, @quantity, @price, 'PENDING', @at, @at)
        """;

    // updated_at is set even where the status stays PARTIAL: CDC sees every step as a change of the order's row.
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

    private const string PurgeText =
        """
        START TRANSACTION;
        DELETE FROM order_executions WHERE order_id IN ({0});
        DELETE FROM orders WHERE order_id IN ({0}) AND status IN ('FILLED', 'CANCELLED');
        SELECT ROW_COUNT()
        """;

    // Locking reads: the transaction may still be running in the server (its commit waits for the disk, or the server was paused before it read the COMMIT).
    // It holds its row locks until it is decided, and these reads wait for them; a plain read would see "not done" too early.
    // The row is found by its key. The other columns tell it from another order's: after a crash InnoDB can use an uncommitted id again.
    // The status is not compared: another simulator may have resumed the order.
    private const string FindInsertText =
        """
        START TRANSACTION;
        SELECT 1 FROM orders WHERE order_id = @order
          AND user_id = @user AND symbol = @symbol AND order_type = @type AND quantity = @quantity AND price = @price AND created_at = @at FOR UPDATE
        """;

    // The order's row first: the transaction locks it from its beginning to its end.
    private const string FindExecuteText =
        """
        START TRANSACTION;
        SELECT 1 FROM orders WHERE order_id = @order FOR UPDATE;
        SELECT 1 FROM order_executions WHERE execution_id = @execution AND order_id = @order AND quantity = @quantity AND price = @price AND executed_at = @at
        """;

    private const string FindCancelText = "START TRANSACTION; SELECT 1 FROM orders WHERE order_id = @order AND status = 'CANCELLED' AND updated_at = @at FOR UPDATE";

    private const string FindPurgeText = "START TRANSACTION; SELECT 1 FROM orders WHERE order_id IN ({0}) FOR UPDATE";

    public static async Task<MySqlConnection> ConnectAsync(string connectionString, CancellationToken cancellationToken)
    {
        // One that cannot be opened closes itself.
        MySqlConnection connection = new(connectionString);
        await connection.OpenAsync(cancellationToken);
        try
        {
            // Shorter than the limit of a command: what waits for a lock would stay in the server when its client has given up, session after session.
            await using MySqlCommand limits = new("SET SESSION lock_wait_timeout = 4, innodb_lock_wait_timeout = 4", connection);
            await limits.ExecuteNonQueryAsync(cancellationToken);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    public async Task<bool> StageAsync(MarketStep step, CancellationToken cancellationToken)
    {
        await using MySqlCommand command = Command(step, InsertText, ExecuteText, CancelText, PurgeText);
        bool isAsExpected = true;
        await using (MySqlDataReader reader = await command.ExecuteReaderAsync(cancellationToken))
        {
            if (await reader.ReadAsync(cancellationToken))
            {
                isAsExpected = step is ChangeStep change
                    ? reader.GetInt64(0) == 1 && reader.GetDecimal(1) == change.ExecutedBefore
                    : step is PurgeStep purge && reader.GetInt64(0) == purge.OrderIds.Count;
            }

            while (await reader.NextResultAsync(cancellationToken))
            {
                // Throws an error of the INSERT after the SELECT.
            }
        }

        if (!isAsExpected)
            await ExecuteAsync("ROLLBACK", cancellationToken);
        else if (step is InsertStep insert)
            insert.OrderId = command.LastInsertedId;
        else if (step is ExecuteStep execute)
            execute.ExecutionId = command.LastInsertedId;
        return isAsExpected;
    }

    public Task CommitAsync(CancellationToken cancellationToken) => ExecuteAsync("COMMIT", cancellationToken);

    public async Task<bool> WasCommittedAsync(MarketStep step, CancellationToken cancellationToken)
    {
        await using MySqlCommand command = Command(step, FindInsertText, FindExecuteText, FindCancelText, FindPurgeText);
        bool isThere;
        await using (MySqlDataReader reader = await command.ExecuteReaderAsync(cancellationToken))
        {
            do
                isThere = await reader.ReadAsync(cancellationToken);
            while (await reader.NextResultAsync(cancellationToken));
        }

        await ExecuteAsync("ROLLBACK", cancellationToken);
        return isThere != step is PurgeStep;
    }

    public ValueTask DisposeAsync() => connection.DisposeAsync();

    private async Task ExecuteAsync(string text, CancellationToken cancellationToken)
    {
        await using MySqlCommand command = new(text, connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private MySqlCommand Command(MarketStep step, string insert, string execute, string cancel, string purge) => step switch
    {
        InsertStep s => Command(
            insert,
            ("@order", s.OrderId), ("@user", s.Plan.UserId), ("@symbol", s.Plan.Instrument.Symbol), ("@type", s.Plan.OrderType),
            ("@quantity", s.Plan.Quantity), ("@price", s.Plan.Price), ("@at", s.At)),
        ExecuteStep s => Command(
            execute,
            ("@order", s.OrderId), ("@execution", s.ExecutionId), ("@from", s.From), ("@to", s.To), ("@of", s.OrderQuantity),
            ("@quantity", s.Quantity), ("@price", s.Price), ("@at", s.At)),
        CancelStep s => Command(cancel, ("@order", s.OrderId), ("@from", s.From), ("@at", s.At)),
        // Numbers only: no injection is possible.
        PurgeStep s => Command(string.Format(CultureInfo.InvariantCulture, purge, string.Join(',', s.OrderIds))),
        _ => throw new NotSupportedException(step.Name),
    };

    private MySqlCommand Command(string text, params ReadOnlySpan<(string Name, object Value)> parameters)
    {
        MySqlCommand command = new(text, connection);
        foreach ((string name, object value) in parameters)
            command.Parameters.AddWithValue(name, value);
        return command;
    }
}
