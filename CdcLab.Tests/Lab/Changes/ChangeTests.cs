using CdcLab.Clients.Connect;
using CdcLab.Clients.Kafka;
using CdcLab.Tests.Lab.Sabotage;
using Confluent.Kafka;
using Dapper;
using MySqlConnector;

namespace CdcLab.Tests.Lab.Changes;

/// <summary>The real Debezium on the real lab: what MySQL committed is what a consumer gets, whatever is done to it.</summary>
[Collection(ChangeCollectionDefinition.Name)]
public sealed class ChangeTests(ChangeApplication lab) : SabotageTest(lab)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    private readonly ConnectClient _connect = new(new Uri($"http://127.0.0.1:{lab.PortBase + 8}"), "orders-cdc");

    [Fact]
    public async Task An_order_placed_now_is_with_a_consumer_with_its_values()
    {
        lab.Require();
        await Lab.AllOkAsync(Limit);
        using IConsumer<string, string> consumer = Consumer(Offset.End);
        await RootAsync("INSERT INTO cdclab.orders (user_id, symbol, order_type, quantity, price) VALUES (424242, '005930', 'SELL', 17, 123.45)");
        long placed = Stopwatch.GetTimestamp();
        string? value = null;
        while (value is null && Stopwatch.GetElapsedTime(placed) < Limit)
            value = consumer.Consume(TimeSpan.FromMilliseconds(100))?.Message.Value is { } came && came.Contains("\"user_id\":424242", StringComparison.Ordinal) ? came : null;

        Assert.NotNull(value);
        Assert.Contains("\"symbol\":\"005930\",\"order_type\":\"SELL\",\"quantity\":17,\"price\":\"123.45\",\"status\":\"PENDING\"", value, StringComparison.Ordinal);
        // The market never placed it: its row goes again, with its tombstone.
        await RootAsync("DELETE FROM cdclab.orders WHERE user_id = 424242");
        await Lab.AllOkAsync(Limit);
    }

    [Fact]
    public async Task A_worker_that_is_killed_under_load_loses_nothing()
    {
        lab.Require();
        await Lab.AllOkAsync(Limit);
        await Lab.CommandAsync("connect", "kill");
        await Lab.LookForVerdictAsync("connect.answers", Outcome.Failed, TimeSpan.FromSeconds(15));
        await MarketCommitsAsync(500);
        await Lab.CommandAsync("connect", "start");

        LabReport report = await Lab.AllOkAsync(Limit);

        Lab.IsWhole = true;
        Assert.StartsWith("0 missing since ", report.Checks.Single(c => c.Id == "cdc.complete").Actual, StringComparison.Ordinal);
        await EveryRowIsTheLastEventAsync();
    }

    [Fact]
    public async Task A_paused_connector_fails_with_resume()
    {
        lab.Require();
        await BreakAndHealAsync("connect.connector", () => _connect.PauseAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_statement_that_a_snapshot_would_wait_behind_is_ended_as_printed()
    {
        lab.Require();
        Task busy = Task.CompletedTask;
        Verdict verdict = await BreakAndHealAsync(
            "connect.source",
            () =>
            {
                busy = RootAsync("SELECT SLEEP(28) FROM cdclab.orders WHERE 'what it says' <> '' LIMIT 1");
                return Task.CompletedTask;
            },
            turnLimit: TimeSpan.FromSeconds(20));
        Assert.Contains("(SELECT SLEEP(28) FROM cdclab.orders WHERE ...)", verdict.Actual, StringComparison.Ordinal);
        await Assert.ThrowsAsync<MySqlException>(() => busy);
    }

    [Fact]
    public async Task A_MySQL_without_TLS_is_named_before_the_connector_logs_in_again()
    {
        lab.Require();
        await BreakAndHealAsync("connect.source", () => RootAsync("SET GLOBAL tls_version = ''; ALTER INSTANCE RELOAD TLS NO ROLLBACK ON ERROR"), related: ["mysql.dynamic_settings"]);
    }

    [Fact]
    public async Task Tagged_GTIDs_are_named_before_the_restart_that_they_break()
    {
        lab.Require();
        Verdict verdict = await BreakAsync("connect.source", () => RootAsync("SET gtid_next = 'AUTOMATIC:night'; CREATE DATABASE tagged; DROP DATABASE tagged; SET gtid_next = AUTOMATIC"));
        Assert.Contains("(night)", verdict.Actual, StringComparison.Ordinal);
        await HealAsync();
        await EveryRowIsTheLastEventAsync();
    }

    [Fact]
    public async Task A_task_that_failed_for_a_privilege_runs_again_by_the_fix_of_the_privilege()
    {
        lab.Require();
        await Lab.AllOkAsync(Limit);
        Lab.IsWhole = false;
        await RootAsync("REVOKE REPLICATION SLAVE ON *.* FROM 'debezium'@'%'");
        await using (MySqlConnection root = await Lab.LogInAsync("root"))
        {
            foreach (long session in await root.QueryAsync<long>("SELECT id FROM information_schema.processlist WHERE command LIKE 'Binlog Dump%'"))
                await RootAsync($"KILL {session}");
        }

        (_, Verdict task, _) = await Lab.LookForVerdictAsync("connect.tasks", Outcome.Failed, TimeSpan.FromSeconds(20));
        Assert.Equal("mysql.grants.debezium", task.CausedBy);
        await TypeAsync(task.Fix!);
        await EveryRowIsTheLastEventAsync();
    }

    [Fact]
    public async Task A_topic_of_changes_that_was_deleted_is_told_and_filled_again_by_a_snapshot()
    {
        lab.Require();
        await BreakAndHealAsync(
            "cdc.complete",
            async () =>
            {
                using KafkaAdmin admin = new(Bootstrap, new Dictionary<string, string>());
                await admin.DeleteTopicAsync("lab.cdclab.orders", TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
            },
            turnLimit: TimeSpan.FromSeconds(30));
        await EveryRowIsTheLastEventAsync();
    }

    [Fact]
    public async Task What_somebody_else_writes_into_the_topic_is_not_the_row()
    {
        lab.Require();
        await BreakAndHealAsync(
            "cdc.complete",
            async () =>
            {
                using IConsumer<string, string> consumer = Consumer(Offset.End);
                ConsumeResult<string, string>? filled = null;
                long began = Stopwatch.GetTimestamp();
                while (filled is null && Stopwatch.GetElapsedTime(began) < Limit)
                    filled = consumer.Consume(TimeSpan.FromSeconds(1)) is { Message.Value: { } value } came && value.Contains("\"status\":\"FILLED\"", StringComparison.Ordinal) ? came : null;
                using IProducer<string, string> producer = new ProducerBuilder<string, string>(new ProducerConfig { BootstrapServers = Bootstrap }).Build();
                string other = filled!.Message.Value.Replace("\"status\":\"FILLED\"", "\"status\":\"CANCELLED\"", StringComparison.Ordinal);
                await producer.ProduceAsync(filled.TopicPartition, new() { Key = filled.Message.Key, Value = other }, TestContext.Current.CancellationToken);
            },
            related: ["cdc.values"],
            turnLimit: TimeSpan.FromSeconds(30));
        await EveryRowIsTheLastEventAsync();
    }

    [Fact]
    public async Task Another_connector_with_the_server_id_is_named_and_deleted()
    {
        lab.Require();
        using ConnectClient other = new(new Uri($"http://127.0.0.1:{lab.PortBase + 8}"), "other");
        Verdict verdict = await BreakAndHealAsync("connect.server_id", async () =>
        {
            Dictionary<string, string> same = new((await _connect.ConfigurationAsync(TestContext.Current.CancellationToken))!) { ["topic.prefix"] = "other", ["schema.history.internal.kafka.topic"] = "other.history" };
            await other.ConfigureAsync(same, TestContext.Current.CancellationToken);
        });
        Assert.Contains("connector other of this worker has the id too", verdict.Actual, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_history_that_was_deleted_is_named_before_the_start_that_needs_it()
    {
        lab.Require();
        await BreakAndHealAsync("connect.topics", async () =>
        {
            using KafkaAdmin admin = new(Bootstrap, new Dictionary<string, string>());
            await admin.DeleteTopicAsync("lab.schema-history", TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
        });
    }

    [Fact]
    public async Task A_worker_that_is_paused_is_the_cause_and_resumed()
    {
        lab.Require();
        Verdict verdict = await BreakAndHealAsync("connect.answers", () => Lab.CommandAsync("connect", "pause"));
        Assert.Contains("`aspire resource connect resume`", verdict.Fix, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_configuration_fails_and_what_was_sent_with_it_too()
    {
        lab.Require();
        await BreakAsync("connect.configuration", async () =>
        {
            Dictionary<string, string> other = new((await _connect.ConfigurationAsync(TestContext.Current.CancellationToken))!) { ["decimal.handling.mode"] = "double" };
            await _connect.ConfigureAsync(other, TestContext.Current.CancellationToken);
            (_, Verdict values, _) = await Lab.LookForVerdictAsync("cdc.values", Outcome.Failed, TimeSpan.FromSeconds(20));
            Assert.Contains("which is not a decimal number as text", values.Actual, StringComparison.Ordinal);
        });
        await HealAsync();
    }

    [Fact]
    public async Task A_table_that_is_left_out_is_missing()
    {
        lab.Require();
        await BreakAsync("connect.configuration", async () =>
        {
            Dictionary<string, string> other = new((await _connect.ConfigurationAsync(TestContext.Current.CancellationToken))!) { ["table.include.list"] = "cdclab.orders" };
            await _connect.ConfigureAsync(other, TestContext.Current.CancellationToken);
        });
        await Lab.LookForVerdictAsync("cdc.flow", Outcome.Failed, TimeSpan.FromSeconds(30));
        await Lab.CommandAsync("orders-cdc", "configure");
        (_, Verdict missing, _) = await Lab.LookForVerdictAsync("cdc.complete", Outcome.Failed, TimeSpan.FromSeconds(40));
        Assert.Contains("changes never came, committed from", missing.Actual, StringComparison.Ordinal);
        await HealAsync();
        await EveryRowIsTheLastEventAsync();
    }

    [Fact]
    public async Task A_position_that_was_purged_is_no_silent_gap()
    {
        lab.Require();
        Verdict verdict = await BreakAsync("connect.position", async () =>
        {
            await _connect.StopAsync(TestContext.Current.CancellationToken);
            await MarketCommitsAsync(100);
            await RootAsync("FLUSH BINARY LOGS");
            await using MySqlConnection root = await Lab.LogInAsync("root");
            string last = (await root.QueryAsync("SHOW BINARY LOGS")).Select(r => (string)((IDictionary<string, object>)r)["Log_name"]).Last();
            await RootAsync($"PURGE BINARY LOGS TO '{last}'");
            await _connect.ResumeAsync(TestContext.Current.CancellationToken);
        }, related: ["mysql.binlog.history", "connect.connector", "connect.tasks"], turnLimit: TimeSpan.FromSeconds(30));
        Assert.Contains("MySQL has purged what comes next", verdict.Actual, StringComparison.Ordinal);
        Assert.Contains("changes, committed from ", verdict.Actual, StringComparison.Ordinal);
        await HealAsync();
        await EveryRowIsTheLastEventAsync();
    }

    private string Bootstrap => string.Join(',', Enumerable.Range(1, 3).Select(id => $"localhost:{Lab.PortBase + 10 + id}"));

    // What is committed while nobody captures it.
    private async Task MarketCommitsAsync(long orders)
    {
        long? before = (await Lab.Verifier.ReportAsync(TestContext.Current.CancellationToken)).Orders;
        Assert.NotNull(before);
        await Deadline.WaitAsync(
            TimeSpan.FromSeconds(30), async () => (await Lab.Verifier.ReportAsync(TestContext.Current.CancellationToken)).Orders, now => now >= before + orders, $"{orders} more orders of the market");
    }

    // Independent of the verifier: a reader of its own, and MySQL. The market rests meanwhile.
    private async Task EveryRowIsTheLastEventAsync()
    {
        await Lab.CommandAsync("order-simulator", "market-pause");
        try
        {
            Dictionary<long, (string Status, DateTime At)> rows = [];
            await Deadline.WaitAsync(
                TimeSpan.FromSeconds(20),
                async () =>
                {
                    Dictionary<long, (string Status, long At)> events = LastEvents();
                    await using MySqlConnection root = await Lab.LogInAsync("root");
                    rows = (await root.QueryAsync<(long Id, string Status, DateTime At)>("SELECT order_id, status, updated_at FROM cdclab.orders")).ToDictionary(r => r.Id, r => (r.Status, r.At));
                    return rows.Count(r => !events.TryGetValue(r.Key, out (string Status, long At) last) || last != (r.Value.Status, (long)(r.Value.At - DateTime.UnixEpoch).TotalMilliseconds)) + events.Keys.Count(id => !rows.ContainsKey(id));
                },
                differing => differing == 0 && rows.Count > 0,
                "every row is what its last event says");
        }
        finally
        {
            await Lab.CommandAsync("order-simulator", "market-resume");
        }

        await Lab.AllOkAsync(Limit);
        Lab.IsWhole = true;
    }

    private Dictionary<long, (string Status, long At)> LastEvents()
    {
        Dictionary<long, (string, long)> last = [];
        using IConsumer<string, string> consumer = Consumer(Offset.Beginning);
        while (consumer.Consume(TimeSpan.FromSeconds(3)) is { } message)
        {
            using System.Text.Json.JsonDocument key = System.Text.Json.JsonDocument.Parse(message.Message.Key);
            long id = key.RootElement.GetProperty("order_id").GetInt64();
            if (message.Message.Value is not { } value)
                continue;
            using System.Text.Json.JsonDocument json = System.Text.Json.JsonDocument.Parse(value);
            if (json.RootElement.GetProperty("after") is { ValueKind: System.Text.Json.JsonValueKind.Object } after)
                last[id] = (after.GetProperty("status").GetString()!, after.GetProperty("updated_at").GetInt64());
            else
                last.Remove(id);
        }

        return last;
    }

    private IConsumer<string, string> Consumer(Offset from)
    {
        ConsumerConfig settings = KafkaClientSettings.DrillConsumer(Bootstrap, new Dictionary<string, string>());
        settings.EnablePartitionEof = false;
        IConsumer<string, string> consumer = new ConsumerBuilder<string, string>(settings).Build();
        consumer.Assign(Enumerable.Range(0, 3).Select(p => new TopicPartitionOffset("lab.cdclab.orders", p, from == Offset.End ? consumer.QueryWatermarkOffsets(new("lab.cdclab.orders", p), TimeSpan.FromSeconds(10)).High : from)));
        return consumer;
    }
}
