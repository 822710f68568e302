using CdcLab.Model.Live;
using CdcLab.Model.Schema;
using MySqlConnector;
using Xunit;

namespace CdcLab.Tests.Lab.MySql;

/// <summary>Each check of MySQL, and what makes it fail: it, and no other.</summary>
[Collection(ServersCollection.Name)]
[Trait("tier", "lab")]
public sealed class MySqlChecksTests(SharedMySql shared) : IClassFixture<SharedMySql>, IAsyncLifetime
{
    private readonly MySqlVerdicts _verdicts = new(shared.Server);

    private MySqlServerUnderTest Server => shared.Server;

    // Whatever a failed test left behind must not fail the next one.
    public async ValueTask InitializeAsync()
    {
        await Server.ExecuteAsync(
            "DROP DATABASE IF EXISTS cdclab",
            "DROP USER IF EXISTS 'debezium'@'%', 'debezium'@'localhost', 'simulator'@'%', ''@'localhost'",
            "SET GLOBAL binlog_format = ROW, GLOBAL binlog_row_image = FULL, GLOBAL binlog_expire_logs_seconds = 259200, GLOBAL time_zone = '+00:00', GLOBAL max_connections = 100",
            "SET GLOBAL sync_binlog = 1, GLOBAL innodb_flush_log_at_trx_commit = 1, GLOBAL binlog_row_value_options = '', GLOBAL server_id = 1, GLOBAL gtid_mode = ON");
        await Server.ConvergeAsync();
        // Logins of a dropped user live on, and with them their grants.
        await MySqlConnection.ClearAllPoolsAsync(TestContext.Current.CancellationToken);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task A_server_as_the_lab_starts_it_has_only_ok_verdicts()
    {
        IReadOnlyList<Verdict> verdicts = await _verdicts.LookAsync();

        Assert.All(verdicts, v => Assert.True(v.Outcome == Outcome.Ok, v.ToString()));
        string[] settings =
        [
            "server_id", "log_bin", "binlog_format", "binlog_row_image", "gtid_mode", "enforce_gtid_consistency", "binlog_expire_logs_seconds", "time_zone", "innodb_buffer_pool_size",
            "innodb_redo_log_capacity", "max_connections", "sync_binlog", "innodb_flush_log_at_trx_commit", "binlog_row_value_options",
        ];
        string[] ids = [.. settings.Select(s => $"mysql.{s}"), "mysql.answers", "mysql.binlog", "mysql.schema.orders", "mysql.schema.order_executions", "mysql.grants.debezium", "mysql.grants.simulator", "market.invariants"];
        Assert.Equal(ids.Order(), verdicts.Select(v => v.Id).Order());
    }

    [Theory]
    [InlineData("server_id = 2", "mysql.server_id", "2")]
    [InlineData("binlog_format = STATEMENT", "mysql.binlog_format", "STATEMENT")]
    [InlineData("binlog_format = MIXED", "mysql.binlog_format", "MIXED")]
    [InlineData("binlog_row_image = MINIMAL", "mysql.binlog_row_image", "MINIMAL")]
    [InlineData("binlog_row_image = NOBLOB", "mysql.binlog_row_image", "NOBLOB")]
    [InlineData("gtid_mode = ON_PERMISSIVE", "mysql.gtid_mode", "ON_PERMISSIVE")]
    [InlineData("binlog_expire_logs_seconds = 0", "mysql.binlog_expire_logs_seconds", "0")]
    [InlineData("time_zone = '+09:00'", "mysql.time_zone", "+09:00")]
    [InlineData("max_connections = 99", "mysql.max_connections", "99")]
    [InlineData("sync_binlog = 0", "mysql.sync_binlog", "0")]
    [InlineData("innodb_flush_log_at_trx_commit = 2", "mysql.innodb_flush_log_at_trx_commit", "2")]
    [InlineData("binlog_row_value_options = PARTIAL_JSON", "mysql.binlog_row_value_options", "PARTIAL_JSON")]
    public async Task A_variable_that_was_changed_fails_its_check(string change, string id, string actual)
    {
        await Server.ExecuteAsync($"SET GLOBAL {change}");

        Verdict verdict = Assert.Single(await _verdicts.FailedAsync(id));

        Assert.Equal(actual, verdict.Actual);
    }

    [Theory]
    [InlineData("GRANT INSERT ON *.* TO 'debezium'@'%'", "mysql.grants.debezium", "beyond it: INSERT ON *.*")]
    [InlineData("GRANT XA_RECOVER_ADMIN ON *.* TO 'debezium'@'%'", "mysql.grants.debezium", "beyond it: XA_RECOVER_ADMIN ON *.*")]
    [InlineData("GRANT RELOAD ON *.* TO 'debezium'@'%' WITH GRANT OPTION", "mysql.grants.debezium", "beyond it: GRANT OPTION ON *.*")]
    [InlineData("GRANT DELETE ON cdclab.orders TO 'debezium'@'%'", "mysql.grants.debezium", "beyond it: DELETE ON `cdclab`.`orders`")]
    [InlineData("GRANT UPDATE (price) ON cdclab.orders TO 'debezium'@'%'", "mysql.grants.debezium", "beyond it: UPDATE (`price`) ON `cdclab`.`orders`")]
    [InlineData("GRANT reader TO 'debezium'@'%'", "mysql.grants.debezium", "beyond it: role `reader`@`%`")]
    [InlineData("GRANT PROXY ON 'root'@'localhost' TO 'simulator'@'%'", "mysql.grants.simulator", "beyond it: PROXY ON `root`@`localhost`")]
    [InlineData("GRANT SELECT ON mysql.* TO 'simulator'@'%'", "mysql.grants.simulator", "beyond it: SELECT ON `mysql`.*")]
    [InlineData("GRANT ALL ON cdclab.* TO 'simulator'@'%'", "mysql.grants.simulator", "beyond it: ALL PRIVILEGES ON `cdclab`.*")]
    [InlineData("REVOKE RELOAD ON *.* FROM 'debezium'@'%'", "mysql.grants.debezium", "missing: RELOAD ON *.*")]
    [InlineData("REVOKE UPDATE ON cdclab.* FROM 'simulator'@'%'", "mysql.grants.simulator", "missing: UPDATE ON `cdclab`.*")]
    [InlineData("DROP USER 'simulator'@'%'", "mysql.grants.simulator", "there is no user 'simulator'@'%'")]
    public async Task A_grant_that_differs_fails_the_users_check(string statement, string id, string actual)
    {
        await Server.ExecuteAsync("CREATE ROLE IF NOT EXISTS reader", statement);

        Verdict verdict = Assert.Single(await _verdicts.FailedAsync(id));

        Assert.Equal(actual, verdict.Actual);
        await Server.ConvergeAsync();
        await _verdicts.FailedAsync();
    }

    [Fact]
    public async Task An_account_that_stands_in_for_the_simulator_fails_its_check()
    {
        await Server.ExecuteAsync("CREATE USER 'simulator'@'localhost' IDENTIFIED BY 'theirs'");
        try
        {
            Verdict verdict = Assert.Single(await _verdicts.FailedAsync("mysql.grants.simulator"));
            Assert.StartsWith("DROP USER 'simulator'@'localhost'", verdict.Fix, StringComparison.Ordinal);
        }
        finally
        {
            await Server.ExecuteAsync("DROP USER 'simulator'@'localhost'");
        }
    }

    [Fact]
    public async Task Without_REPLICATION_SLAVE_the_binlog_cannot_be_read()
    {
        await Server.ExecuteAsync("REVOKE REPLICATION SLAVE ON *.* FROM 'debezium'@'%'");
        await MySqlConnection.ClearAllPoolsAsync(TestContext.Current.CancellationToken);

        await _verdicts.FailedAsync("mysql.binlog", "mysql.grants.debezium");
    }

    [Fact]
    public async Task Without_SELECT_what_cannot_be_seen_is_unknown_and_not_missing()
    {
        await Server.ExecuteAsync("REVOKE SELECT ON *.* FROM 'debezium'@'%'");
        await MySqlConnection.ClearAllPoolsAsync(TestContext.Current.CancellationToken);

        IReadOnlyList<Verdict> verdicts = await _verdicts.LookAsync();

        Assert.Equal(["mysql.grants.debezium"], verdicts.Where(v => v.Outcome == Outcome.Failed).Select(v => v.Id));
        Assert.Equal(
            ["market.invariants", "mysql.grants.simulator", "mysql.schema.order_executions", "mysql.schema.orders"],
            verdicts.Where(v => v.Outcome == Outcome.Unknown).Select(v => v.Id).Order());
    }

    [Theory]
    [InlineData("ALTER TABLE cdclab.orders MODIFY price DECIMAL(15,4) NOT NULL", "mysql.schema.orders", "column price is decimal(15,4), not decimal(15,2)")]
    [InlineData("ALTER TABLE cdclab.orders MODIFY symbol VARCHAR(20) NULL", "mysql.schema.orders", "column symbol may be NULL")]
    [InlineData("ALTER TABLE cdclab.orders MODIFY symbol VARCHAR(20) NOT NULL DEFAULT 'x'", "mysql.schema.orders", "column symbol has DEFAULT 'x', not none")]
    [InlineData("ALTER TABLE cdclab.orders MODIFY quantity INT UNSIGNED NOT NULL", "mysql.schema.orders", "column quantity is int unsigned, not int")]
    [InlineData("ALTER TABLE cdclab.orders MODIFY created_at DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP", "mysql.schema.orders", "column created_at is datetime, not datetime(3)")]
    [InlineData(
        "ALTER TABLE cdclab.orders MODIFY updated_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3)",
        "mysql.schema.orders",
        "column updated_at has DEFAULT CURRENT_TIMESTAMP(3), not DEFAULT CURRENT_TIMESTAMP(3) ON UPDATE CURRENT_TIMESTAMP(3)")]
    [InlineData(
        "ALTER TABLE cdclab.orders MODIFY status ENUM('PENDING','FILLED','CANCELLED') NOT NULL DEFAULT 'PENDING'",
        "mysql.schema.orders",
        "column status is enum('PENDING','FILLED','CANCELLED'), not enum('PENDING','FILLED','CANCELLED','PARTIAL')")]
    [InlineData("ALTER TABLE cdclab.orders ADD note INT", "mysql.schema.orders", "column note is not part of the schema")]
    [InlineData("ALTER TABLE cdclab.orders DROP user_id", "mysql.schema.orders", "column user_id is missing")]
    [InlineData("ALTER TABLE cdclab.orders MODIFY user_id BIGINT NOT NULL AFTER symbol", "mysql.schema.orders", "the columns are in another order")]
    [InlineData("ALTER TABLE cdclab.orders DROP INDEX orders_status", "mysql.schema.orders", "the index orders_status (status, order_id) is missing")]
    [InlineData("ALTER TABLE cdclab.orders DROP INDEX orders_status, ADD INDEX orders_status (status)", "mysql.schema.orders", "the index orders_status is on (status), not (status, order_id)")]
    [InlineData("ALTER TABLE cdclab.order_executions DROP FOREIGN KEY order_executions_order_id", "mysql.schema.order_executions", "the foreign key order_id -> orders (order_id) is missing")]
    [InlineData("ALTER TABLE cdclab.order_executions MODIFY execution_id BIGINT NOT NULL", "mysql.schema.order_executions", "column execution_id has no default or extra, not AUTO_INCREMENT")]
    public async Task A_table_that_differs_fails_its_check_in_words(string statement, string id, string actual)
    {
        await Server.ExecuteAsync(statement);

        Verdict verdict = Assert.Single(await _verdicts.FailedAsync(id));

        Assert.StartsWith(actual, verdict.Actual, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_table_of_another_kind_or_engine_fails_its_check()
    {
        await Server.ExecuteAsync(
            "DROP TABLE cdclab.order_executions",
            "CREATE TABLE cdclab.order_executions (execution_id BIGINT NOT NULL PRIMARY KEY, order_id BIGINT, quantity INT, price DECIMAL(15,2), executed_at DATETIME(3)) ENGINE = MyISAM");
        Verdict verdict = Assert.Single(await _verdicts.FailedAsync("mysql.schema.order_executions"));
        Assert.StartsWith("its engine is MyISAM, not InnoDB; ", verdict.Actual, StringComparison.Ordinal);

        await Server.ExecuteAsync("DROP TABLE cdclab.order_executions", "CREATE VIEW cdclab.order_executions AS SELECT order_id AS execution_id, order_id, quantity, price, created_at AS executed_at FROM cdclab.orders");
        verdict = Assert.Single(await _verdicts.FailedAsync("mysql.schema.order_executions"));
        Assert.Equal("order_executions is a view, not a table", verdict.Actual);
    }

    [Fact]
    public async Task A_missing_table_fails_its_check_and_leaves_the_invariants_unknown()
    {
        await Server.ExecuteAsync("DROP TABLE cdclab.order_executions");

        IReadOnlyList<Verdict> verdicts = await _verdicts.LookAsync();

        Assert.Equal("the table order_executions is missing", Assert.Single(verdicts, v => v.Outcome == Outcome.Failed).Actual);
        Assert.Equal("market.invariants", Assert.Single(verdicts, v => v.Outcome == Outcome.Unknown).Id);
    }

    [Theory]
    [InlineData("FILLED", 9, "order 1 is FILLED with 9 of 10 executed")]
    [InlineData("PARTIAL", 10, "order 1 is PARTIAL with 10 of 10 executed")]
    [InlineData("PENDING", 1, "order 1 is PENDING with 1 of 10 executed")]
    [InlineData("CANCELLED", 11, "order 1 is CANCELLED with 11 of 10 executed")]
    [InlineData("FILLED", 11, "order 1 is FILLED with 11 of 10 executed")]
    public async Task An_order_that_breaks_an_invariant_fails_the_check(string status, int executed, string says)
    {
        await Server.ExecuteAsync(
            $"INSERT INTO cdclab.orders (order_id, user_id, symbol, order_type, quantity, price, status) VALUES (1, 1, '005930', 'BUY', 10, 70000, '{status}')",
            $"INSERT INTO cdclab.order_executions (order_id, quantity, price) VALUES (1, {executed}, 70000)");

        Verdict verdict = Assert.Single(await _verdicts.FailedAsync("market.invariants"));

        Assert.Contains(says, verdict.Actual, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Orders_that_keep_the_invariants_pass()
    {
        await Server.ExecuteAsync(
            "INSERT INTO cdclab.orders (order_id, user_id, symbol, order_type, quantity, price, status) VALUES "
            + "(1, 1, 'a', 'BUY', 10, 1, 'PENDING'), (2, 1, 'a', 'BUY', 10, 1, 'PARTIAL'), (3, 1, 'a', 'SELL', 10, 1, 'FILLED'), (4, 1, 'a', 'BUY', 10, 1, 'CANCELLED'), (5, 1, 'a', 'BUY', 10, 1, 'CANCELLED')",
            "INSERT INTO cdclab.order_executions (order_id, quantity, price) VALUES (2, 9, 1), (3, 4, 1), (3, 6, 1), (5, 3, 1)");

        await _verdicts.FailedAsync();
        Assert.Equal("5 of the latest orders looked at", (await _verdicts.LookAsync()).First(v => v.Id == "market.invariants").Actual);
    }

    [Fact]
    public async Task A_password_that_was_changed_is_named()
    {
        await Server.ExecuteAsync($"ALTER USER {DatabaseUser.Debezium.Account} IDENTIFIED BY 'another'");
        await MySqlConnection.ClearAllPoolsAsync(TestContext.Current.CancellationToken);

        IReadOnlyList<Verdict> verdicts = await _verdicts.LookAsync();

        Assert.EndsWith("refuses the login of 'debezium'@'%'.", Assert.Single(verdicts, v => v.Outcome == Outcome.Failed).Actual, StringComparison.Ordinal);
        Assert.All(verdicts.Where(v => v.Id != "mysql.answers"), v => Assert.EndsWith("refuses the login of 'debezium'@'%'.", v.Because, StringComparison.Ordinal));
    }
}
