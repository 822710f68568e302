using CdcLab.Clients.MySql;
using CdcLab.Verifier.Checks;

namespace CdcLab.Tests.Model.Verifier;

/// <summary>The judgement of variables that no server at hand shows: those of older versions.</summary>
[Trait("tier", "model")]
public sealed class MySqlSettingsTests
{
    [Fact]
    public void Before_8_0_30_the_redo_logs_files_are_judged_instead_of_their_sum()
    {
        Dictionary<string, string> variables = Right();
        variables.Remove("innodb_redo_log_capacity");
        variables["innodb_log_file_size"] = "67108864";
        variables["innodb_log_files_in_group"] = "2";
        Assert.Equal(Outcome.Ok, Judge(variables, "mysql.innodb_redo_log_capacity").Outcome);

        variables["innodb_log_file_size"] = "50331648";
        Verdict failed = Judge(variables, "mysql.innodb_redo_log_capacity");
        Assert.Equal(Outcome.Failed, failed.Outcome);
        Assert.Contains("--innodb-log-file-size=67108864", failed.Fix, StringComparison.Ordinal);
    }

    [Fact]
    public void A_variable_that_the_server_does_not_know_is_not_ok()
    {
        foreach (string variable in Right().Keys.Where(v => v != "binlog_row_value_options"))
        {
            Dictionary<string, string> variables = Right();
            variables.Remove(variable);
            Assert.Equal(Outcome.Failed, Judge(variables, $"mysql.{variable}").Outcome);
        }
    }

    [Theory]
    [InlineData("400m", "536870912", "1", Outcome.Ok)]
    [InlineData("400m", "419430400", "1", Outcome.Ok)]
    [InlineData("400m", "402653184", "1", Outcome.Failed)]
    [InlineData("400m", "671088640", "1", Outcome.Failed)]
    [InlineData("1100m", "2147483648", "8", Outcome.Ok)]
    [InlineData("512m", "134217728", "1", Outcome.Failed)]
    public void A_buffer_pool_may_be_rounded_up_to_whole_chunks_and_no_further(string asked, string shown, string instances, Outcome outcome)
    {
        Dictionary<string, string> variables = Right();
        variables["innodb_buffer_pool_size"] = shown;
        variables["innodb_buffer_pool_chunk_size"] = "134217728";
        variables["innodb_buffer_pool_instances"] = instances;
        Assert.True(ByteSize.TryParse(asked, out long bytes));

        Assert.Equal(outcome, Judge(variables, "mysql.innodb_buffer_pool_size", new LabOptions { MySql = new() { BufferPool = bytes } }).Outcome);
    }

    [Fact]
    public void Every_setting_that_is_checked_has_a_verdict_of_its_own() =>
        Assert.All(MySqlSettings.Checked(new()), s => Assert.Equal(Outcome.Ok, Judge(Right(), $"mysql.{s.Variable}").Outcome));

    private static Verdict Judge(IReadOnlyDictionary<string, string> variables, string id, LabOptions? options = null) =>
        Assert.Single(new MySqlSettingsCheck((options ?? new()).MySql, new MySqlAccess("Server=127.0.0.1;Port=3306;User ID=debezium;Password=none")).Judge(new GlobalVariables(variables, new Dictionary<string, string>(), new HashSet<string>())), v => v.Id == id);

    private static Dictionary<string, string> Right()
    {
        Dictionary<string, string> variables = MySqlSettings.Checked(new()).ToDictionary(s => s.Variable, s => s.Expected);
        variables["sync_binlog"] = "1";
        variables["innodb_flush_log_at_trx_commit"] = "1";
        variables["binlog_row_value_options"] = "";
        return variables;
    }
}
