using MySqlConnector;

namespace CdcLab.Tests.Lab.Sabotage;

public sealed class MySqlSabotageTests(LabApplication lab) : SabotageTest(lab)
{
    [Theory]
    [InlineData("server_id", "7")]
    [InlineData("binlog_format", "'STATEMENT'")]
    [InlineData("binlog_row_image", "MINIMAL")]
    [InlineData("binlog_row_value_options", "'PARTIAL_JSON'")]
    [InlineData("gtid_mode", "ON_PERMISSIVE")]
    [InlineData("binlog_expire_logs_seconds", "3600")]
    [InlineData("time_zone", "'+09:00'")]
    [InlineData("innodb_buffer_pool_size", "268435456")]
    [InlineData("innodb_redo_log_capacity", "67108864")]
    [InlineData("max_connections", "57")]
    [InlineData("sync_binlog", "0")]
    [InlineData("innodb_flush_log_at_trx_commit", "2")]
    public Task A_variable_that_was_changed_fails_its_check_alone(string variable, string wrong) => BreakAndHealAsync($"mysql.{variable}", () => RootAsync($"SET GLOBAL {variable} = {wrong}"));

    [Theory]
    [InlineData("binlog_format", "'STATEMENT'")]
    [InlineData("binlog_row_image", "MINIMAL")]
    [InlineData("binlog_row_value_options", "'PARTIAL_JSON'")]
    public Task Sessions_that_began_with_what_was_changed_go_with_its_fix(string variable, string wrong) => BreakAndHealAsync($"mysql.{variable}", async () =>
    {
        await RootAsync($"SET GLOBAL {variable} = {wrong}");
        await Lab.CommandAsync("order-simulator", "restart");
        await Lab.LookForVerdictAsync("order-simulator.answers", Outcome.Ok, TimeSpan.FromSeconds(20));
        await Lab.LookForVerdictAsync("mysql.binlog.content", Outcome.Failed, TimeSpan.FromSeconds(20));
    });

    [Theory]
    [InlineData("SET GLOBAL mandatory_roles = 'boss'", "mandatory_roles is boss, was (empty)")]
    [InlineData("SET GLOBAL binlog_transaction_compression = ON", "binlog_transaction_compression is ON, was OFF")]
    [InlineData("SET GLOBAL sql_mode = ''", "sql_mode is (empty), was ONLY_FULL_GROUP_BY")]
    [InlineData("SET GLOBAL max_execution_time = 1", "max_execution_time is 1, was 0")]
    [InlineData("SET GLOBAL sql_select_limit = 1", "sql_select_limit is 1, was 18446744073709551615")]
    [InlineData("SET GLOBAL max_join_size = 1", "max_join_size is 1, was 18446744073709551615")]
    [InlineData("SET GLOBAL max_binlog_cache_size = 4096; SET GLOBAL binlog_cache_size = 4096", "max_binlog_cache_size is 4096, was")]
    [InlineData("SET GLOBAL long_query_time = 0.5", "long_query_time is 0.500000, was 10")]
    [InlineData("SET PERSIST_ONLY max_execution_time = 1", "max_execution_time=1 is persisted")]
    public async Task Any_other_variable_that_was_changed_is_set_back(string sabotage, string found)
    {
        Verdict verdict = await BreakAndHealAsync("mysql.dynamic_settings", () => RootAsync(sabotage));
        Assert.Contains(found, verdict.Actual, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_variable_that_was_changed_while_the_verifier_was_down_is_set_back_too()
    {
        Verdict verdict = await BreakAndHealAsync(
            "mysql.dynamic_settings",
            async () =>
            {
                await Lab.CommandAsync("verifier", "stop");
                await RootAsync("SET GLOBAL long_query_time = 3");
                await Lab.CommandAsync("verifier", "start");
            },
            turnLimit: TimeSpan.FromSeconds(30));
        Assert.Contains("long_query_time is 3.000000, was 10", verdict.Actual, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("SET PERSIST sync_binlog = 0")]
    [InlineData("SET PERSIST_ONLY sync_binlog = 0")]
    public async Task A_variable_that_was_persisted_is_taken_out_of_what_the_next_start_reads(string sabotage)
    {
        Verdict verdict = await BreakAndHealAsync("mysql.sync_binlog", () => RootAsync(sabotage));
        Assert.Contains("is persisted", verdict.Actual, StringComparison.Ordinal);
    }

    [Fact]
    public Task Consistency_of_GTIDs_that_is_not_enforced_fails_its_check_and_the_mode_that_had_to_change_first_too() => BreakAndHealTwoAsync(
        "mysql.enforce_gtid_consistency", "mysql.gtid_mode", () => RootAsync("SET GLOBAL gtid_mode = ON_PERMISSIVE; SET GLOBAL gtid_mode = OFF_PERMISSIVE; SET GLOBAL enforce_gtid_consistency = OFF"));

    [Theory]
    [InlineData("read_only")]
    [InlineData("super_read_only")]
    [InlineData("transaction_read_only")]
    public Task A_server_that_takes_no_writes_fails_its_mode(string variable) => BreakAndHealAsync("mysql.mode", () => RootAsync($"SET GLOBAL {variable} = ON"));

    [Fact]
    public Task A_redo_log_that_is_disabled_fails_the_mode() => BreakAndHealAsync("mysql.mode", () => RootAsync("ALTER INSTANCE DISABLE INNODB REDO_LOG"));

    [Fact]
    public Task A_server_that_replicates_from_another_fails_the_mode() => BreakAndHealAsync(
        "mysql.mode", () => RootAsync("CHANGE REPLICATION SOURCE TO SOURCE_HOST = '127.0.0.1', SOURCE_PORT = 1, SOURCE_USER = 'nobody', SOURCE_PASSWORD = 'none'"));

    [Fact]
    public Task A_database_that_takes_no_writes_fails_the_mode() =>
        BreakAndHealAsync("mysql.mode", () => RootAsync("ALTER DATABASE cdclab READ ONLY = 1"), related: ["order-simulator.market"]);

    [Theory]
    [InlineData("SET GLOBAL offline_mode = ON", "offline mode")]
    [InlineData("SET PERSIST offline_mode = ON", "offline mode")]
    [InlineData("CREATE USER ''@'localhost'", "Access denied")]
    [InlineData("CREATE USER 'debezium'@'localhost' IDENTIFIED BY 'another'", "Access denied")]
    [InlineData("ALTER USER 'debezium'@'%' WITH MAX_CONNECTIONS_PER_HOUR 1", "max_connections_per_hour")]
    [InlineData("SET PERSIST require_secure_transport = ON", "insecure transport")]
    [InlineData("ALTER USER 'debezium'@'%' ACCOUNT LOCK", "locked")]
    [InlineData("ALTER USER 'debezium'@'%' IDENTIFIED BY 'another'", "Access denied")]
    [InlineData("ALTER USER 'debezium'@'%' PASSWORD EXPIRE", "expire")]
    [InlineData("ALTER USER 'debezium'@'%' REQUIRE SSL", "Access denied")]
    public async Task A_refused_login_is_told_in_MySQLs_words(string sabotage, string words)
    {
        Verdict verdict = await BreakAndHealAsync("mysql.answers", () => RootAsync(sabotage), related: ["order-simulator.market"]);
        Assert.Contains(words, verdict.Actual, StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData("debezium", "GRANT INSERT ON *.* TO 'debezium'@'%'")]
    [InlineData("debezium", "GRANT UPDATE (price) ON cdclab.orders TO 'debezium'@'%'")]
    [InlineData("debezium", "REVOKE RELOAD ON *.* FROM 'debezium'@'%'")]
    [InlineData("debezium", "REVOKE SELECT ON *.* FROM 'debezium'@'%'")]
    [InlineData("debezium", "CREATE USER 'debezium'@'127.0.0.2'")]
    [InlineData("debezium", "ALTER USER 'debezium'@'%' WITH MAX_QUERIES_PER_HOUR 1000000")]
    [InlineData("simulator", "ALTER USER 'simulator'@'%' WITH MAX_QUERIES_PER_HOUR 10")]
    [InlineData("simulator", "ALTER USER 'simulator'@'%' ACCOUNT LOCK")]
    [InlineData("debezium", "ALTER USER 'debezium'@'%' PASSWORD EXPIRE INTERVAL 1 DAY PASSWORD REQUIRE CURRENT")]
    [InlineData("debezium", "ALTER USER 'debezium'@'%' FAILED_LOGIN_ATTEMPTS 1 PASSWORD_LOCK_TIME UNBOUNDED")]
    [InlineData("simulator", "ALTER USER 'simulator'@'%' PASSWORD EXPIRE")]
    [InlineData("debezium", "GRANT ALL ON *.* TO 'debezium'@'%' WITH GRANT OPTION")]
    [InlineData("simulator", "GRANT ALL ON cdclab.* TO 'simulator'@'%'")]
    [InlineData("simulator", "GRANT DROP ON cdclab.* TO 'simulator'@'%'")]
    [InlineData("simulator", "GRANT SELECT ON mysql.* TO 'simulator'@'%' WITH GRANT OPTION")]
    [InlineData("simulator", "REVOKE UPDATE ON cdclab.* FROM 'simulator'@'%'")]
    public Task A_users_rights_that_are_not_its_own_fail_the_check_of_that_user(string user, string sabotage) => BreakAndHealAsync($"mysql.grants.{user}", () => RootAsync(sabotage));

    [Theory]
    [InlineData("orders", "ALTER TABLE cdclab.orders MODIFY price decimal(15,3) NOT NULL")]
    [InlineData("orders", "ALTER TABLE cdclab.orders MODIFY symbol varchar(20) CHARACTER SET latin1 NOT NULL")]
    [InlineData("orders", "ALTER TABLE cdclab.orders MODIFY symbol varchar(20) COLLATE utf8mb4_bin NOT NULL")]
    [InlineData("orders", "ALTER TABLE cdclab.orders DEFAULT CHARACTER SET latin1")]
    [InlineData("orders", "ALTER TABLE cdclab.orders ADD COLUMN note varchar(20) NULL")]
    [InlineData("orders", "ALTER TABLE cdclab.orders MODIFY user_id bigint NOT NULL AFTER symbol")]
    [InlineData("orders", "ALTER TABLE cdclab.orders DROP KEY orders_status")]
    [InlineData("orders", "ALTER TABLE cdclab.orders DROP KEY orders_status, ADD UNIQUE KEY orders_status (status, order_id)")]
    [InlineData("orders", "ALTER TABLE cdclab.orders ADD CHECK (quantity < 100000000)")]
    [InlineData("orders", "ALTER TABLE cdclab.orders ALTER COLUMN status DROP DEFAULT")]
    [InlineData("order_executions", "ALTER TABLE cdclab.order_executions DROP FOREIGN KEY order_executions_order_id")]
    [InlineData("order_executions", "ALTER TABLE cdclab.order_executions DROP FOREIGN KEY order_executions_order_id, ADD CONSTRAINT other FOREIGN KEY (order_id) REFERENCES cdclab.orders (order_id) ON DELETE CASCADE")]
    [InlineData("order_executions", "ALTER TABLE cdclab.order_executions DROP FOREIGN KEY order_executions_order_id; ALTER TABLE cdclab.order_executions PARTITION BY HASH (execution_id) PARTITIONS 2")]
    [InlineData("orders", "ALTER TABLE cdclab.orders ALTER INDEX orders_status INVISIBLE")]
    [InlineData("order_executions", "ALTER TABLE cdclab.order_executions RENAME COLUMN price TO paid")]
    [InlineData("orders", "ALTER TABLE cdclab.orders ADD KEY f ((price + 1)), ADD FULLTEXT KEY ft (symbol), DROP KEY orders_status, ADD KEY orders_status (status DESC, order_id)")]
    [InlineData("orders", "ALTER TABLE cdclab.orders ROW_FORMAT = COMPRESSED")]
    [InlineData("orders", "CREATE TABLE cdclab.notes (note_id int PRIMARY KEY, order_id bigint, FOREIGN KEY (order_id) REFERENCES cdclab.orders (order_id))")]
    [InlineData("orders", "ALTER DATABASE cdclab CHARACTER SET latin1")]
    public Task A_table_that_was_altered_is_altered_back_by_the_statements_of_its_check(string table, string sabotage) =>
        BreakAndHealAsync($"mysql.schema.{table}", () => RootAsync(sabotage));

    [Fact]
    public async Task Columns_whose_names_were_exchanged_get_them_back()
    {
        // A market that goes on would write into the wrong ones.
        await Lab.CommandAsync("order-simulator", "market-pause");
        try
        {
            await BreakAndHealAsync("mysql.schema.orders", () => RootAsync("ALTER TABLE cdclab.orders RENAME COLUMN user_id TO order_id, RENAME COLUMN order_id TO user_id"));
        }
        finally
        {
            await Lab.CommandAsync("order-simulator", "market-resume");
        }
    }

    [Fact]
    public async Task A_table_that_was_renamed_gets_its_name_back()
    {
        Verdict verdict = await BreakAndHealAsync("mysql.schema.orders", () => RootAsync("RENAME TABLE cdclab.orders TO cdclab.orders_old"));
        Assert.Contains("cdclab.orders_old has its columns", verdict.Actual, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("orders")]
    [InlineData("order_executions")]
    public async Task A_table_that_an_empty_copy_was_put_in_place_of_comes_back(string table)
    {
        Verdict verdict = await BreakAndHealAsync($"mysql.schema.{table}", () => RootAsync(
            $"DROP TABLE IF EXISTS cdclab.orders_old; CREATE TABLE cdclab.{table}_new LIKE cdclab.{table}; RENAME TABLE cdclab.{table} TO cdclab.{table}_old, cdclab.{table}_new TO cdclab.{table}"));
        Assert.Contains($"those of cdclab.{table}_old", verdict.Actual, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("TRIGGER cdclab.`closed today` BEFORE INSERT ON cdclab.orders FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'closed'")]
    [InlineData("EVENT cdclab.cleanup ON SCHEDULE EVERY 1 DAY STARTS '2099-01-01' DO DELETE FROM cdclab.orders WHERE order_id = 0")]
    public Task What_acts_by_itself_is_named_and_dropped_though_no_binlog_says_so(string made) => BreakAndHealAsync(
        "mysql.triggers", () => RootAsync($"SET SESSION sql_log_bin = 0; CREATE {made}"), related: ["order-simulator.market"]);

    [Fact]
    public async Task A_lock_that_stops_the_market_goes_with_its_session()
    {
        await using MySqlConnection session = await Lab.LogInAsync("root");
        Verdict verdict = await BreakAndHealAsync("order-simulator.market", async () =>
        {
            await using MySqlCommand command = new("FLUSH TABLES WITH READ LOCK", session);
            await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        });
        Assert.Contains("nothing was committed for", verdict.Actual, StringComparison.Ordinal);
        Assert.Contains($"KILL {session.ServerThread}", verdict.Fix, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_prepared_transaction_that_nobody_holds_is_rolled_back() => await BreakAndHealAsync(
        "order-simulator.market",
        () => RootAsync("XA START 'boss'; UPDATE cdclab.orders SET user_id = user_id + 1, updated_at = updated_at WHERE status IN ('PENDING', 'PARTIAL'); XA END 'boss'; XA PREPARE 'boss'"),
        turnLimit: TimeSpan.FromSeconds(20));

    [Fact]
    public async Task A_strangers_table_without_a_primary_key_gets_one()
    {
        try
        {
            Verdict verdict = await BreakAndHealAsync("mysql.primary_keys", () => RootAsync("CREATE DATABASE `a shop`; CREATE TABLE `a shop`.goods (name varchar(20)); CREATE TABLE `a shop`.sales (n int NOT NULL AUTO_INCREMENT UNIQUE); CREATE TABLE `a shop`.days (id date, n int) PARTITION BY HASH (n) PARTITIONS 2"));
            Assert.Contains("a shop.goods", verdict.Actual, StringComparison.Ordinal);
        }
        finally
        {
            await RootAsync("DROP DATABASE IF EXISTS `a shop`");
        }
    }

    [Fact]
    public async Task No_connection_left_is_told_in_MySQLs_words()
    {
        List<MySqlConnection> all = [];
        try
        {
            Verdict verdict = await BreakAndHealAsync("mysql.answers", async () =>
            {
                // Whoever leaves for a moment finds its place taken.
                for (int tries = 0; tries < 300 && all.Count < 120; tries++)
                {
                    try
                    {
                        all.Add(await Lab.LogInAsync("simulator"));
                    }
                    catch (MySqlException full) when (full.ErrorCode == MySqlErrorCode.ConnectionCountError)
                    {
                        await Task.Delay(20);
                    }
                }
            }, related: ["order-simulator.market"]);
            Assert.Contains("Too many connections", verdict.Actual, StringComparison.OrdinalIgnoreCase);
        }
        finally
        {
            foreach (MySqlConnection connection in all)
                await connection.DisposeAsync();
        }
    }

    private async Task BreakAndHealTwoAsync(string id, string other, Func<Task> sabotage)
    {
        Verdict verdict = await BreakAsync(id, sabotage, related: [other]);
        await TypeAsync(verdict.Fix!);
        (_, Verdict second, _) = await Lab.LookForVerdictAsync(other, Outcome.Failed, TimeSpan.FromSeconds(10));
        await TypeAsync(second.Fix!);
        await Lab.AllOkAsync(TimeSpan.FromSeconds(30));
    }
}
