using CdcLab.Clients.Connect;
using CdcLab.Verifier;
using CdcLab.Verifier.Cdc;
using CdcLab.Verifier.Checks;
using Microsoft.Extensions.Time.Testing;

namespace CdcLab.Tests.Model.Verifier.Cdc;

/// <summary>What the checks of worker, connector and changes say of what they find.</summary>
[Trait("tier", "model")]
public sealed class ConnectCheckTests
{
    private static readonly VerifiedLab Lab = new(new LabOptions(), Containers: false, "localhost:9092");
    private static readonly DateTime Now = new(2026, 11, 30, 3, 0, 0, DateTimeKind.Utc);
    private static readonly ConnectState Running = new("RUNNING", null);
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(Now));

    [Theory]
    [InlineData("PAUSED", "PAUSED", "`aspire resource orders-cdc resume`")]
    [InlineData("STOPPED", null, "`aspire resource orders-cdc resume`")]
    [InlineData("FAILED", null, "`aspire resource orders-cdc restart`")]
    public void A_connector_that_does_not_run_fails_with_what_gets_it_going(string state, string? task, string fix)
    {
        Verdict verdict = Judge(new ConnectorStatus(new(state, null), task is null ? [] : [new(task, null)]), Right())[0];

        Assert.Equal(("connect.connector", Outcome.Failed), (verdict.Id, verdict.Outcome));
        Assert.Contains(fix, verdict.Fix, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("org.apache.kafka.connect.errors.ConnectException: x\nCaused by: io.debezium.DebeziumException: Could not reach MySQL", "Could not reach MySQL", "restart")]
    [InlineData("a: b\nCaused by: io.debezium.DebeziumException: The db history topic or its content is fully or partially missing. The connector is trying to read binlog at 3, but this is no longer available on the server.", "no longer available", "snapshot")]
    public void A_task_that_failed_while_its_connector_runs_fails_with_its_reason(string trace, string words, string command)
    {
        Verdict verdict = Judge(new ConnectorStatus(Running, [new("FAILED", trace)]), Right())[1];

        Assert.Equal(Outcome.Failed, verdict.Outcome);
        Assert.Contains(words, verdict.Actual, StringComparison.Ordinal);
        Assert.Contains($"`aspire resource orders-cdc {command}`", verdict.Fix, StringComparison.Ordinal);
    }

    [Fact]
    public void A_connector_that_is_not_there_or_has_another_configuration_fails()
    {
        ConnectorCheck check = new(Lab, null!, _time);
        Assert.All(check.Judge(null, null), v => Assert.Equal(Outcome.Unknown, v.Outcome));
        _time.Advance(TimeSpan.FromSeconds(20));
        Assert.All(check.Judge(null, null), v => Assert.Equal(Outcome.Failed, v.Outcome));
        Dictionary<string, string> other = new(Right()) { ["table.include.list"] = "cdclab.orders", ["transforms"] = "x" };
        other.Remove("heartbeat.interval.ms");

        Verdict verdict = Judge(new ConnectorStatus(Running, [Running]), other)[2];

        Assert.Equal(Outcome.Failed, verdict.Outcome);
        Assert.Contains("table.include.list is cdclab.orders, not cdclab.orders,cdclab.order_executions", verdict.Actual, StringComparison.Ordinal);
        Assert.All(Judge(new ConnectorStatus(Running, [Running]), Right()), v => Assert.Equal(Outcome.Ok, v.Outcome));
    }

    [Theory]
    [InlineData("u:1-5", "", "", Outcome.Ok)]
    [InlineData("u:1-5", "u:6-9", "", Outcome.Failed)]
    [InlineData("u:1-5", "", "u:1-5", Outcome.Failed)]
    [InlineData(null, "", "", Outcome.Failed)]
    public void A_position_that_MySQL_does_not_have_fails(string? gtids, string purged, string unknown, Outcome outcome) =>
        Assert.Equal(outcome, Position().Judge(new ConnectorOffset("binlog.000001", 4, gtids, IsSnapshot: false), "u:1-9", purged, unknown, TimeSpan.FromDays(3)).Outcome);

    [Theory]
    [InlineData(0, 0, "MySQL purges nothing by itself")]
    [InlineData(72, 1, "it may be away for 71 h until MySQL purges what it has not read")]
    [InlineData(72, 71, "it may be away for 60 min until MySQL purges what it has not read")]
    [InlineData(72, 80, "MySQL may purge what it has not read at any time")]
    public void How_long_the_connector_may_be_away_is_measured(int keptHours, int ageHours, string told)
    {
        ConnectorOffset offset = new("binlog.000001", 4, "u:1-5", IsSnapshot: false) { WrittenAt = _time.GetUtcNow().AddHours(-ageHours) };
        Assert.Equal($"binlog.000001:4; {told}", Position().Judge(offset, "u:1-5", "", "", TimeSpan.FromHours(keptHours)).Actual);
    }

    [Fact]
    public void A_topic_without_which_the_next_start_fails_is_named()
    {
        string[] all = [.. DebeziumSettings.OwnTopics];
        Assert.Equal(Outcome.Ok, ConnectTopicsCheck.Judge(hasStored: true, all).Outcome);
        Assert.Equal(Outcome.Unknown, ConnectTopicsCheck.Judge(hasStored: false, []).Outcome);

        Verdict history = ConnectTopicsCheck.Judge(hasStored: true, [.. all.Where(t => t != DebeziumSettings.SchemaHistory)]);
        Assert.Equal("lab.schema-history is not there", history.Actual);
        Assert.Equal(["aspire resource orders-cdc snapshot"], FixText.Codes(history.Fix!));
        Assert.Equal(["aspire resource connect restart", "aspire resource orders-cdc snapshot"], FixText.Codes(ConnectTopicsCheck.Judge(hasStored: true, []).Fix!));
    }

    [Fact]
    public void A_position_that_stands_still_while_MySQL_goes_on_fails()
    {
        ConnectorPositionCheck check = Position();
        ConnectorOffset offset = new("binlog.000001", 4, "u:1-5", IsSnapshot: false);
        Assert.Equal(Outcome.Ok, check.Judge(offset, "u:1-5", "", "", TimeSpan.Zero).Outcome);
        _time.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal(Outcome.Ok, check.Judge(offset, "u:1-5", "", "", TimeSpan.Zero).Outcome);
        check.Judge(offset, "u:1-6", "", "", TimeSpan.Zero);
        _time.Advance(TimeSpan.FromSeconds(61));

        Assert.Equal(Outcome.Failed, check.Judge(offset, "u:1-7", "", "", TimeSpan.Zero).Outcome);
        Assert.Equal(Outcome.Ok, check.Judge(offset with { Gtids = "u:1-7" }, "u:1-8", "", "", TimeSpan.Zero).Outcome);
    }

    [Fact]
    public void Sessions_that_take_turns_fail_the_server_id()
    {
        ConnectorPositionCheck check = Position();
        Assert.Equal(Outcome.Ok, check.Judge([1]).Outcome);
        Assert.Equal(Outcome.Ok, check.Judge([2]).Outcome);
        Assert.Equal(Outcome.Ok, check.Judge([3]).Outcome);
        Verdict verdict = check.Judge([3]);
        Assert.Equal(Outcome.Failed, verdict.Outcome);
        Assert.Equal(["KILL 3"], FixText.Codes(verdict.Fix!));
        _time.Advance(TimeSpan.FromSeconds(21));
        Assert.Equal(Outcome.Ok, check.Judge([3]).Outcome);
    }

    [Fact]
    public void A_client_that_has_taken_the_id_is_named()
    {
        ConnectorStatus taken = new(new("RUNNING", null), [new("FAILED", "Caused by: A replica with the same server_uuid/server_id as this replica has connected to the source")]);
        Assert.True(ConnectorPositionCheck.IsTaken(taken));
        Assert.False(ConnectorPositionCheck.IsTaken(taken with { Tasks = [new("FAILED", "another reason")] }));
        Assert.Equal(["KILL 7", "aspire resource orders-cdc restart"], FixText.Codes(ConnectorPositionCheck.Taken([7]).Fix!));
        Assert.Equal(["aspire resource orders-cdc restart"], FixText.Codes(ConnectorPositionCheck.Taken([]).Fix!));
    }

    [Fact]
    public void Sessions_of_a_connector_that_was_told_to_begin_anew_take_no_turns()
    {
        ConnectorPositionCheck check = Position();
        Assert.All(Enumerable.Range(1, 5), session => Assert.Equal(Outcome.Ok, check.Judge([session], goesOn: false).Outcome));
        check.Judge([6]);
        check.Judge([7]);
        Assert.Equal(Outcome.Failed, check.Judge([8]).Outcome);
    }

    [Fact]
    public void What_would_break_the_connector_later_is_named_with_what_heals_it()
    {
        Assert.Equal(Outcome.Ok, Source("u:1-5", statements: []).Outcome);
        Assert.Equal(Outcome.Unknown, Source("u:1-5", statements: null).Outcome);

        Assert.Contains("(night)", Source("11111111-2222-3333-4444-555555555555:1-5:night:1-2").Actual, StringComparison.Ordinal);
        Assert.Contains("`ALTER INSTANCE RELOAD TLS`", Source("u:1-5", tls: false).Fix, StringComparison.Ordinal);
        Verdict busy = Source("u:1-5", statements: [new(17, "root@localhost", 44, "SELECT SLEEP(600)")]);
        Assert.StartsWith("session 17 of root@localhost has been busy for 44 s (SELECT SLEEP(600))", busy.Actual, StringComparison.Ordinal);
        Assert.Contains("`KILL 17`", busy.Fix, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, 5.0, null, Outcome.Ok)]
    [InlineData(3, null, 11.0, Outcome.Failed)]
    [InlineData(3, null, 9.0, Outcome.Failed)]
    [InlineData(0, null, null, Outcome.Failed)]
    [InlineData(0, 16.0, null, Outcome.Failed)]
    public void Where_nothing_arrives_only_a_heartbeat_proves_that_there_is_nothing(int waiting, double? heartbeatSecondsAgo, double? oldestSecondsAgo, Outcome outcome) =>
        Assert.Equal(outcome, Change(new(new(), waiting, Ago(oldestSecondsAgo), [], None, None, None), Ago(heartbeatSecondsAgo), "cdc.flow").Outcome);

    [Fact]
    public void What_is_missing_is_named_by_order_and_time()
    {
        Verdict verdict = Change(new(new() { Matched = 5, Missing = 3 }, 0, null, [(true, 7, Now.AddSeconds(-60)), (false, 8, Now.AddSeconds(-55)), (true, 9, Now.AddSeconds(-50))], Some(40), Some(20), None), Now, "cdc.complete");

        Assert.Equal(Outcome.Failed, verdict.Outcome);
        Assert.Equal("3 changes never came, committed from 02:59:00 to 02:59:10: order 7, 9; executions of order 8", verdict.Actual);
        Assert.Contains("`aspire resource orders-cdc snapshot`", verdict.Fix, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(44, 5, Outcome.Ok)]
    [InlineData(2500, 5, Outcome.Failed)]
    [InlineData(1500, 5, Outcome.Failed)]
    [InlineData(44, -3_600_000, Outcome.Failed)]
    public void A_latency_that_is_long_or_that_the_connector_contradicts_fails(double consumer, double connector, Outcome outcome) =>
        Assert.Equal(outcome, Change(new(new() { Matched = 5 }, 0, null, [], Some(consumer), Some(connector), None), Now, "cdc.latency").Outcome);

    private static LatencyFigures None { get; } = new("x", TimeSpan.FromSeconds(60), 0, null, null, null, null);

    private static LatencyFigures Some(double milliseconds) => new("x", TimeSpan.FromSeconds(60), 100, milliseconds, milliseconds, milliseconds, milliseconds);

    private static DateTime? Ago(double? seconds) => seconds is { } known ? Now.AddSeconds(-known) : null;

    private Verdict Change(ChangeState state, DateTime? heartbeat, string id) =>
        new ChangeCheck(Lab, null!, new MySqlAccess("Server=127.0.0.1;Port=1;User ID=debezium;Password=none"), _time).Judge(state, [], heartbeat, Now).Single(v => v.Id == id);

    private static Verdict Source(string executed, bool tls = true, IReadOnlyList<MySqlStatement>? statements = null) =>
        ConnectSourceCheck.Judge(new Dictionary<string, string> { ["database.ssl.mode"] = "preferred" }, executed, tls, new() { At = new DateTimeOffset(Now), Containers = false, LongStatements = statements });

    private ConnectorPositionCheck Position() => new(null!, null!, null!, null, _time);

    private IReadOnlyList<Verdict> Judge(ConnectorStatus? status, IReadOnlyDictionary<string, string>? configuration) => new ConnectorCheck(Lab, null!, _time).Judge(status, configuration);

    private static Dictionary<string, string> Right() =>
        DebeziumSettings.Connector(Lab.Options, containers: false, string.Join(',', Lab.Brokers.Select(b => b.Internal))).ToDictionary(s => s.Name, s => s.Value);
}
