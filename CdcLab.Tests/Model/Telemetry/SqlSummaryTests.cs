using CdcLab.ServiceDefaults.Telemetry;

namespace CdcLab.Tests.Model.Telemetry;

[Trait("tier", "model")]
public sealed class SqlSummaryTests
{
    [Theory]
    [InlineData("COMMIT", "COMMIT")]
    [InlineData("START TRANSACTION", "START")]
    [InlineData("START TRANSACTION;\nINSERT INTO orders (user_id) VALUES (@user)", "INSERT orders")]
    [InlineData("START TRANSACTION; UPDATE orders SET status = @to; SELECT ROW_COUNT(), (SELECT SUM(quantity) FROM order_executions); INSERT INTO order_executions (a) VALUES (1)", "UPDATE orders SELECT order_executions INSERT order_executions")]
    [InlineData("delete from `orders` where order_id in (1,2)", "DELETE orders")]
    [InlineData("SHOW GLOBAL VARIABLES", "SHOW")]
    [InlineData("DO 0", "DO")]
    [InlineData(" ; ", "SQL")]
    [InlineData("", "SQL")]
    public void Text_is_told_by_its_statements_and_their_tables(string text, string summary) => Assert.Equal(summary, SqlSummary.Of(text));

    [Fact]
    public void Summary_is_bounded_however_many_statements_there_are() =>
        Assert.InRange(SqlSummary.Of(string.Join(';', Enumerable.Repeat("SELECT * FROM orders", 1000))).Length, 1, 255);
}
