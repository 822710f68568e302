namespace CdcLab.Tests.Lab.Sabotage;

public sealed class MySqlSabotageTests(LabApplication lab) : SabotageTest(lab)
{
    [Theory]
    [InlineData("binlog_row_image", "MINIMAL")]
    [InlineData("max_connections", "57")]
    [InlineData("sync_binlog", "0")]
    public Task A_variable_that_was_changed_fails_its_check_alone(string variable, string wrong) => BreakAndHealAsync($"mysql.{variable}", () => RootAsync($"SET GLOBAL {variable} = {wrong}"));

    [Fact]
    public Task A_grant_too_many_fails_the_check_of_that_user() => BreakAndHealAsync("mysql.grants.debezium", () => RootAsync("GRANT INSERT ON *.* TO 'debezium'@'%'"));
}
