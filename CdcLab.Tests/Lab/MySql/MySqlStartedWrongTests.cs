using System.Diagnostics;
using CdcLab.Model.Live;
using Xunit;

namespace CdcLab.Tests.Lab.MySql;

/// <summary>A server that was started with wrong settings, or is gone, and what the checks say of it.</summary>
[Collection(ServersCollection.Name)]
[Trait("tier", "lab")]
public sealed class MySqlStartedWrongTests
{
    [Fact]
    public async Task A_server_started_with_every_setting_wrong_fails_every_check_of_a_setting()
    {
        // gtid_mode and enforce_gtid_consistency both: the second cannot be off where the first is on.
        await using MySqlServerUnderTest server = await MySqlServerUnderTest.StartNewAsync(
            "--server-id=7", "--binlog-format=STATEMENT", "--binlog-row-image=MINIMAL", "--gtid-mode=OFF", "--enforce-gtid-consistency=OFF", "--binlog-expire-logs-seconds=0",
            "--default-time-zone=+09:00", "--innodb-buffer-pool-size=256M", "--innodb-redo-log-capacity=64M", "--max-connections=50", "--sync-binlog=0",
            "--innodb-flush-log-at-trx-commit=0", "--binlog-row-value-options=PARTIAL_JSON");
        await server.ConvergeAsync();

        IReadOnlyList<Verdict> failed = await new MySqlVerdicts(server).FailedAsync(
            "mysql.server_id", "mysql.binlog_format", "mysql.binlog_row_image", "mysql.gtid_mode", "mysql.enforce_gtid_consistency", "mysql.binlog_expire_logs_seconds",
            "mysql.time_zone", "mysql.innodb_buffer_pool_size", "mysql.innodb_redo_log_capacity", "mysql.max_connections", "mysql.sync_binlog",
            "mysql.innodb_flush_log_at_trx_commit", "mysql.binlog_row_value_options");

        Assert.Equal(
            ["7", "STATEMENT", "MINIMAL", "OFF", "OFF", "0", "+09:00", "268435456", "67108864", "50", "0", "0", "PARTIAL_JSON"], failed.Select(v => v.Actual));
    }

    [Fact]
    public async Task A_server_without_a_binlog_fails_what_needs_one()
    {
        await using MySqlServerUnderTest server = await MySqlServerUnderTest.StartNewAsync("--skip-log-bin", "--gtid-mode=OFF", "--enforce-gtid-consistency=OFF");
        await server.ConvergeAsync();

        Verdict[] failed = [.. await new MySqlVerdicts(server).FailedAsync("mysql.log_bin", "mysql.binlog", "mysql.gtid_mode", "mysql.enforce_gtid_consistency")];

        Assert.Equal("OFF", failed[0].Actual);
        Assert.Equal("no binlog is written", failed[1].Actual);
    }

    [Fact]
    public async Task A_server_that_is_killed_paused_and_started_again_is_seen_at_once()
    {
        await using MySqlServerUnderTest server = await MySqlServerUnderTest.StartNewAsync();
        await server.ConvergeAsync();
        MySqlVerdicts verdicts = new(server);
        await verdicts.FailedAsync();

        await server.KillAsync();
        await IsGoneAsync(verdicts);

        await server.StartAsync();
        await verdicts.FailedAsync();

        await server.PauseAsync();
        await IsGoneAsync(verdicts);
        await server.ResumeAsync();
        await verdicts.FailedAsync();

        await server.StopAsync();
        await IsGoneAsync(verdicts);
    }

    private static async Task IsGoneAsync(MySqlVerdicts verdicts)
    {
        Stopwatch looked = Stopwatch.StartNew();
        IReadOnlyList<Verdict> found = await verdicts.LookAsync();

        Assert.True(looked.Elapsed < Deadline.OnABusyMachine(TimeSpan.FromSeconds(4)), $"The look took {looked.Elapsed}.");
        Verdict failed = Assert.Single(found, v => v.Outcome == Outcome.Failed);
        Assert.Equal("mysql.answers", failed.Id);
        Assert.Contains("answer", failed.Actual, StringComparison.Ordinal);
        Assert.All(found.Where(v => v.Id != "mysql.answers"), v => Assert.True(v.Outcome == Outcome.Unknown && v.Because!.Contains(" answer", StringComparison.Ordinal), v.ToString()));
    }
}
