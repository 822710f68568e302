using System.Text.Json;
using Confluent.Kafka;
using Confluent.Kafka.Admin;
using MySqlConnector;

namespace CdcLab.Tests.Lab;

[Collection(LabCollectionDefinition.Name)]
[Trait("tier", "lab")]
public sealed class SabotageTests(LabApplication lab)
{
    private static readonly TimeSpan TurnLimit = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan WholeLimit = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData("binlog_row_image", "MINIMAL", "FULL")]
    [InlineData("max_connections", "57", "100")]
    [InlineData("sync_binlog", "0", "1")]
    public async Task A_variable_that_was_changed_fails_its_check_alone(string variable, string wrong, string right)
    {
        await lab.AllOkAsync(WholeLimit);
        await RootAsync($"SET GLOBAL {variable} = {wrong}");
        try
        {
            (LabReport report, Verdict verdict, _) = await lab.VerdictAsync($"mysql.{variable}", Outcome.Failed, TurnLimit);
            Assert.Equal(wrong, verdict.Actual);
            Assert.Null(verdict.CausedBy);
            Assert.DoesNotContain(report.Checks, c => c.Outcome == Outcome.Failed && c.Id != verdict.Id);
        }
        finally
        {
            await RootAsync($"SET GLOBAL {variable} = {right}");
        }

        await lab.AllOkAsync(WholeLimit);
    }

    [Fact]
    public async Task A_grant_too_many_fails_the_check_of_that_user_and_a_restart_takes_it_away()
    {
        await lab.AllOkAsync(WholeLimit);
        await RootAsync("GRANT INSERT ON *.* TO 'debezium'@'%'");
        await lab.VerdictAsync("mysql.grants.debezium", Outcome.Failed, TurnLimit);
        await lab.CommandAsync("mysql", "restart");
        await lab.AllOkAsync(WholeLimit);
    }

    [Fact]
    public async Task A_topic_with_one_copy_fails_the_replication_factor()
    {
        Assert.SkipWhen(lab.IsLegacy, "Needs Kafka 3.5: the legacy Kafka has no admin API.");
        await lab.AllOkAsync(WholeLimit);
        using IAdminClient admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = $"localhost:{lab.PortBase + 11}" }).Build();
        await admin.CreateTopicsAsync([new TopicSpecification { Name = "single", NumPartitions = 1, ReplicationFactor = 1 }]);
        try
        {
            (_, Verdict verdict, _) = await lab.VerdictAsync("kafka.replication_factor", Outcome.Failed, TurnLimit);
            Assert.Contains("single has 1", verdict.Actual, StringComparison.Ordinal);
        }
        finally
        {
            await admin.DeleteTopicsAsync(["single"]);
        }

        await lab.AllOkAsync(WholeLimit);
    }

    [Fact]
    public async Task The_market_is_paused_resumed_doubled_and_halved_by_commands()
    {
        await lab.AllOkAsync(WholeLimit);
        await lab.CommandAsync("order-simulator", "market-double");
        await Deadline.WaitAsync(TurnLimit, () => lab.Verifier.ReportAsync(TestContext.Current.CancellationToken), r => r.OrdersPerSecond == "40", "the doubled rate");
        await lab.CommandAsync("order-simulator", "market-halve");
        await lab.CommandAsync("order-simulator", "market-pause");
        (LabReport paused, Verdict market, _) = await lab.VerdictAsync("order-simulator.market", Outcome.Ok, TurnLimit);
        await Deadline.WaitAsync(TurnLimit, () => lab.Verifier.ReportAsync(TestContext.Current.CancellationToken), r => r.Checks.Single(c => c.Id == market.Id).Actual!.StartsWith("paused", StringComparison.Ordinal), "the pause");
        long before = await OrdersAsync();
        await lab.CommandAsync("order-simulator", "market-resume");
        await Deadline.WaitAsync(TurnLimit, OrdersAsync, now => now > before, "more orders");
        Assert.NotNull(paused.Orders);
    }

    private async Task<long> OrdersAsync()
    {
        await using MySqlConnection connection = await OpenAsync("debezium", "debezium");
        await using MySqlCommand command = new("SELECT COALESCE(MAX(order_id), 0) FROM cdclab.orders", connection);
        return Convert.ToInt64(await command.ExecuteScalarAsync(TestContext.Current.CancellationToken), System.Globalization.CultureInfo.InvariantCulture);
    }

    private async Task RootAsync(string sql)
    {
        await using MySqlConnection connection = await OpenAsync("root", "root");
        await using MySqlCommand command = new(sql, connection);
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
    }

    private async Task<MySqlConnection> OpenAsync(string user, string secret)
    {
        using JsonDocument secrets = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(lab.Folder, "secrets.json"), TestContext.Current.CancellationToken));
        MySqlConnection connection = new(new MySqlConnectionStringBuilder
        {
            Server = "127.0.0.1",
            Port = (uint)lab.PortBase,
            UserID = user,
            Password = secrets.RootElement.GetProperty(secret).GetString(),
            Pooling = false,
            SslMode = MySqlSslMode.None,
            AllowPublicKeyRetrieval = true,
        }.ConnectionString);
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        return connection;
    }
}
