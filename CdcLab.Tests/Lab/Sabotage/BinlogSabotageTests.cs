using CdcLab.Verifier.Checks;
using MySqlConnector;

namespace CdcLab.Tests.Lab.Sabotage;

/// <summary>What is done to the binlog: by a session, which is ended by the fix, and to its history, which nothing brings back.</summary>
public sealed class BinlogSabotageTests(LabApplication lab) : SabotageTest(lab)
{
    // In one transaction, so that nobody sees the row as it should not be.
    private const string ChangeAnOrder = """
        START TRANSACTION; SELECT MIN(order_id) INTO @o FROM cdclab.orders;
        UPDATE cdclab.orders SET user_id = user_id + 1, updated_at = updated_at WHERE order_id = @o;
        UPDATE cdclab.orders SET user_id = user_id - 1, updated_at = updated_at WHERE order_id = @o; COMMIT
        """;

    [Theory]
    [InlineData("binlog_row_image = MINIMAL", "UPDATE of cdclab.orders without all columns")]
    [InlineData("binlog_format = STATEMENT", "UPDATE as a statement")]
    public async Task A_session_that_writes_what_CDC_cannot_use_is_named_and_ended(string setting, string found)
    {
        await using MySqlConnection session = await Lab.LogInAsync("root");
        Verdict verdict = await BreakAndHealAsync("mysql.binlog.content", () => ExecuteAsync(session, $"SET SESSION {setting}; USE cdclab; {ChangeAnOrder}"));
        Assert.Contains($"{found} by session {session.ServerThread}", verdict.Actual, StringComparison.Ordinal);
        await Assert.ThrowsAsync<MySqlException>(() => ExecuteAsync(session, "DO 0"));
    }

    [Fact]
    public async Task A_session_that_truncates_is_named()
    {
        Verdict verdict = await BreakAndHealAsync("mysql.binlog.content", () => RootAsync("CREATE TABLE cdclab.scratch (id INT PRIMARY KEY); TRUNCATE cdclab.scratch; DROP TABLE cdclab.scratch"));
        Assert.Contains("TRUNCATE as a statement", verdict.Actual, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rows_of_another_schema_are_told()
    {
        Verdict verdict = await BreakAndHealAsync("mysql.binlog.content", () => RootAsync("CREATE DATABASE other; CREATE TABLE other.t (id INT PRIMARY KEY); INSERT INTO other.t VALUES (1); DROP DATABASE other"));
        Assert.Contains("INSERT of other.t, another schema", verdict.Actual, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Compressed_transactions_are_not_judged()
    {
        await RootAsync($"SET SESSION binlog_transaction_compression = ON; USE cdclab; {ChangeAnOrder}");
        (_, Verdict verdict, _) = await Lab.VerdictAsync("mysql.binlog.content", Outcome.Unknown, TimeSpan.FromSeconds(10));
        await TypeAsync(verdict.Fix!);
        await Lab.AllOkAsync(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task A_history_that_was_reset_is_lost()
    {
        Verdict verdict = await BreakAndHealAsync("mysql.binlog.history", () => RootAsync("RESET BINARY LOGS AND GTIDS"));
        Assert.Contains("the history that a connector stands on is gone: gtid_executed was ", verdict.Actual, StringComparison.Ordinal);
    }

    [Fact]
    public Task A_history_that_was_reset_while_the_verifier_was_down_is_lost_too() => BreakAndHealAsync(
        "mysql.binlog.history",
        async () =>
        {
            await Lab.CommandAsync("verifier", "stop");
            await RootAsync("RESET BINARY LOGS AND GTIDS");
            await Lab.CommandAsync("verifier", "start");
        },
        turnLimit: TimeSpan.FromSeconds(30));

    [Fact]
    public async Task Files_that_are_purged_before_their_time_are_told()
    {
        Verdict verdict = await BreakAndHealAsync("mysql.binlog.history", async () =>
        {
            await RootAsync("FLUSH BINARY LOGS");
            await using MySqlConnection root = await Lab.LogInAsync("root");
            await using MySqlCommand status = new("SHOW BINARY LOG STATUS", root);
            await RootAsync($"PURGE BINARY LOGS TO '{await status.ExecuteScalarAsync(TestContext.Current.CancellationToken)}'");
        });
        Assert.Contains("purged before its time: binlog.", verdict.Actual, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_was_deleted_is_told()
    {
        Verdict verdict = await BreakAndHealAsync("mysql.binlog.history", async () =>
        {
            await RootAsync("FLUSH BINARY LOGS");
            File.Delete(Directory.GetFiles(Lab.Folder, "binlog.0*", SearchOption.AllDirectories).Order().First());
        });
        Assert.EndsWith(" is listed, and its file is gone", verdict.Actual, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rotation_kill_and_restart_of_MySQL_lose_nothing()
    {
        await Lab.AllOkAsync(TimeSpan.FromSeconds(30));
        await RootAsync("FLUSH BINARY LOGS; FLUSH PRIVILEGES; CREATE USER 'scratch'@'%'; GRANT SELECT ON *.* TO 'scratch'@'%'; DROP USER 'scratch'@'%'");
        foreach (string[] commands in (string[][])[["kill", "start"], ["restart"]])
        {
            foreach (string command in commands)
                await Lab.CommandAsync("mysql", command);
            // What is told of a history that is lost stays: nothing was, in between.
            await Lab.AllOkAsync(TimeSpan.FromSeconds(60));
        }
    }

    [Fact]
    public async Task Commits_that_sql_log_bin_hides_are_told()
    {
        await Lab.AllOkAsync(TimeSpan.FromSeconds(30));
        // The market logs in with a right that it has no more when somebody looks: its sessions keep it.
        await RootAsync("GRANT SESSION_VARIABLES_ADMIN ON *.* TO 'simulator'@'%'; SET GLOBAL init_connect = 'SET SESSION sql_log_bin = 0'");
        long[] old = await SessionsAsync("simulator");
        foreach (long session in old)
            await RootAsync($"KILL {session}");
        await Deadline.WaitAsync(TimeSpan.FromSeconds(10), () => SessionsAsync("simulator"), now => now.Length >= 4 && !now.Intersect(old).Any(), "the market's new sessions", null);
        await RootAsync("REVOKE SESSION_VARIABLES_ADMIN ON *.* FROM 'simulator'@'%'; SET GLOBAL init_connect = ''");

        (LabReport report, _) = await Deadline.WaitAsync(
            TimeSpan.FromSeconds(10),
            () => Lab.Verifier.ReportAsync(TestContext.Current.CancellationToken),
            // The right and the setting may have been seen by a look before they were taken back.
            r => r.Checks.Where(IsRoot).Select(c => c.Id).SequenceEqual(["mysql.binlog.complete"]),
            "mysql.binlog.complete failed by itself");
        Verdict verdict = Assert.Single(report.Checks, IsRoot);
        Assert.Contains("commits of the market are not in the binlog", verdict.Actual, StringComparison.Ordinal);
        await TypeAsync(verdict.Fix!);
        await Lab.AllOkAsync(TimeSpan.FromSeconds(30));

        static bool IsRoot(Verdict verdict) => verdict.Outcome == Outcome.Failed && verdict.CausedBy is null;
    }

    [Theory]
    [InlineData("REPLICATION SLAVE")]
    [InlineData("REPLICATION CLIENT")]
    public async Task A_right_that_was_revoked_is_missed_at_once_by_new_sessions(string privilege)
    {
        await BreakAsync("mysql.grants.debezium", () => RootAsync($"REVOKE {privilege} ON *.* FROM 'debezium'@'%'"));
        (LabReport report, Verdict binlog, _) = await Lab.VerdictAsync("mysql.binlog", Outcome.Failed, TimeSpan.FromSeconds(10));
        Assert.Equal("mysql.grants.debezium", binlog.CausedBy);
        Assert.DoesNotContain(report.Checks, c => c.Outcome == Outcome.Failed && c.CausedBy is null && c.Id != "mysql.grants.debezium");
        (_, Verdict content, _) = await Lab.VerdictAsync("mysql.binlog.content", Outcome.Unknown, TimeSpan.FromSeconds(15));
        Assert.Equal("mysql.grants.debezium", content.CausedBy);
        Assert.Contains("Access denied", content.Because, StringComparison.Ordinal);
        await TypeAsync(MySqlBinlogCheck.Grant);
        await Lab.AllOkAsync(TimeSpan.FromSeconds(30));
    }

    private static async Task ExecuteAsync(MySqlConnection session, string sql)
    {
        await using MySqlCommand command = new(sql, session);
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
    }

    private async Task<long[]> SessionsAsync(string user)
    {
        await using MySqlConnection root = await Lab.LogInAsync("root");
        await using MySqlCommand command = new($"SELECT id FROM information_schema.processlist WHERE user = '{user}'", root);
        await using MySqlDataReader reader = await command.ExecuteReaderAsync(TestContext.Current.CancellationToken);
        List<long> ids = [];
        while (await reader.ReadAsync(TestContext.Current.CancellationToken))
            ids.Add(Convert.ToInt64(reader[0]));
        return [.. ids];
    }
}
