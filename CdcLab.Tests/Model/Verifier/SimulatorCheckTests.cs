using CdcLab.Clients.Market;
using CdcLab.Verifier.Checks;
using CdcLab.Verifier.Sources;
using Microsoft.Extensions.Time.Testing;

namespace CdcLab.Tests.Model.Verifier;

[Trait("tier", "model")]
public sealed class SimulatorCheckTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly MarketClient _client = new(new Uri("http://127.0.0.1:1/"), null);
    private readonly SimulatorCheck _check;

    public SimulatorCheckTests() => _check = new(_client, new MySqlAccess("Server=127.0.0.1;Port=1;User ID=debezium;Password=none"), new FiguresStore(_time), _time);

    public void Dispose() => _client.Dispose();

    [Fact]
    public void Market_that_moves_is_ok()
    {
        for (int i = 0; i < 100; i++)
            Assert.Equal(Outcome.Ok, Look(5, orders: i * 100).Outcome);
    }

    [Fact]
    public void Market_that_stands_still_fails_within_ten_seconds_of_its_last_commit()
    {
        Look(0, orders: 5);
        DateTimeOffset last = _time.GetUtcNow() + TimeSpan.FromSeconds(0.1);
        Assert.Equal(Outcome.Ok, Look(5, orders: 7, lastCommit: last).Outcome);

        Verdict still = Look(4.9, orders: 7, lastCommit: last);
        Assert.Equal(Outcome.Failed, still.Outcome);
        Assert.StartsWith("nothing was committed for 10 s", still.Actual, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0", false)]
    [InlineData("20", true)]
    public void Market_that_is_paused_need_not_move_and_has_time_when_it_goes_on(string rate, bool paused)
    {
        DateTimeOffset last = _time.GetUtcNow();
        Look(0, orders: 5, rate, paused, last);
        Assert.Equal(Outcome.Ok, Look(3600, orders: 5, rate, paused, last).Outcome);

        Assert.Equal(Outcome.Ok, Look(5, orders: 5, lastCommit: last).Outcome);
        Assert.Equal(Outcome.Ok, Look(4.9, orders: 5, lastCommit: last).Outcome);
        Assert.Equal(Outcome.Failed, Look(5, orders: 5, lastCommit: last).Outcome);
    }

    [Fact]
    public void Locks_of_somebody_are_ended_by_what_is_typed_for_each_session_that_is_not_the_labs_and_each_transaction_of_nobody()
    {
        string fix = SimulatorCheck.Unlock(new()
        {
            At = _time.GetUtcNow(),
            Containers = false,
            Strangers = [new(42, "the `boss`@localhost", 12, "Sleep")],
            Prepared = ["X'626f7373',X'',1"],
        });

        Assert.Contains("session 42 of the 'boss'@localhost (Sleep, for 12 s)", fix, StringComparison.Ordinal);
        Assert.Equal(["KILL 42", "XA ROLLBACK X'626f7373',X'',1"], FixText.Codes(fix));
        Assert.All(FixText.Codes(fix), code => Assert.True(FixText.IsStatement(code)));
        Assert.Equal(["aspire resource mysql restart"], FixText.Codes(SimulatorCheck.Unlock(null)));
    }

    [Fact]
    public void Slow_market_has_time()
    {
        DateTimeOffset last = _time.GetUtcNow();
        Look(0, orders: 1, "0.1", lastCommit: last);
        Assert.Equal(Outcome.Ok, Look(140, orders: 1, "0.1", lastCommit: last).Outcome);
        Assert.Equal(Outcome.Failed, Look(20, orders: 1, "0.1", lastCommit: last).Outcome);
    }

    [Theory]
    [InlineData("20", 30, false)]
    [InlineData("20", 45, true)]
    [InlineData("200", 320, false)]
    [InlineData("200", 400, true)]
    [InlineData("1", 1, true)]
    [InlineData("max", 1, true)]
    public void Market_that_makes_less_than_a_third_of_its_rate_fails_and_one_that_is_merely_behind_does_not(string rate, int ordersPerLook, bool isOk)
    {
        Verdict? last = null;
        for (int i = 0; i < 6; i++)
            last = Look(5, orders: i * ordersPerLook, rate);

        Assert.Equal(isOk ? Outcome.Ok : Outcome.Failed, last!.Outcome);
        if (!isOk)
            Assert.Contains($"are due at {rate}/s", last.Actual, StringComparison.Ordinal);
    }

    [Fact]
    public void Rate_is_judged_anew_after_it_changed_or_MySQL_came_back()
    {
        for (int i = 0; i < 5; i++)
            Look(5, orders: i * 5, "1");
        for (int i = 0; i < 3; i++)
            Assert.Equal(Outcome.Ok, Look(5, orders: 25 + i, "200").Outcome);
        _mySqlSince = _time.GetUtcNow();
        for (int i = 0; i < 4; i++)
            Assert.Equal(Outcome.Ok, Look(5, orders: 30 + i, "200").Outcome);
        Assert.Equal(Outcome.Failed, Look(5, orders: 35, "200").Outcome);
    }

    [Fact]
    public void Market_that_stood_still_is_not_too_slow_afterwards()
    {
        for (int i = 0; i < 6; i++)
            Look(5, orders: i * 1000, "200");
        DateTimeOffset last = _time.GetUtcNow();
        for (int i = 0; i < 3; i++)
            Look(5, orders: 5000, "200", lastCommit: last);
        for (int i = 0; i < 6; i++)
            Assert.Equal(Outcome.Ok, Look(5, orders: 5000 + (i * 1000), "200").Outcome);
    }

    [Fact]
    public void Market_that_waits_for_MySQL_fails_and_says_so()
    {
        Verdict verdict = _check.Judge(State(orders: 5) with { MySqlAnswers = false, MySqlError = new(null, "Connection refused") });

        Assert.Contains("mysql restart", verdict.Fix, StringComparison.Ordinal);
        Assert.Contains("Connection refused", verdict.Actual, StringComparison.Ordinal);
        Assert.Equal([ResourceNames.MySql], verdict.Needs);
    }

    [Fact]
    public void Market_that_has_not_noticed_yet_that_MySQL_is_back_is_unknown_for_two_looks()
    {
        MarketState waits = State(orders: 5) with { MySqlAnswers = false };

        Assert.Equal(Outcome.Failed, _check.Judge(waits).Outcome);
        Assert.Equal(Outcome.Unknown, _check.Judge(waits, mySqlIsBack: true).Outcome);
        Assert.Equal(Outcome.Unknown, _check.Judge(waits, mySqlIsBack: true).Outcome);
        Assert.Equal(Outcome.Failed, _check.Judge(waits, mySqlIsBack: true).Outcome);
    }

    [Theory]
    [InlineData(1290, "mysql.mode", "SET GLOBAL read_only = OFF")]
    [InlineData(3118, "mysql.grants.simulator", "aspire resource mysql restart")]
    [InlineData(1142, "mysql.grants.simulator", "aspire resource mysql restart")]
    [InlineData(1146, "mysql.schema.orders", "aspire resource mysql restart")]
    [InlineData(1040, "mysql.max_connections", "SHOW PROCESSLIST")]
    [InlineData(1040, "mysql.max_connections", "RESET PERSIST IF EXISTS max_connections")]
    public void Refusal_of_MySQL_is_told_in_its_words_and_follows_from_the_check_that_explains_it(int number, string follows, string fix)
    {
        DateTimeOffset last = _time.GetUtcNow();
        DatabaseError error = new(number, "The words of MySQL");
        _check.Judge(State(orders: 5, lastCommit: last) with { MySqlError = error });
        _time.Advance(TimeSpan.FromSeconds(6));

        Verdict verdict = _check.Judge(State(orders: 5, lastCommit: last) with { MySqlError = error });

        Assert.Equal($"nothing was committed for 6 s: MySQL refuses: The words of MySQL ({number})", verdict.Actual);
        Assert.Contains(follows, verdict.Follows);
        Assert.Contains(fix, verdict.Fix, StringComparison.Ordinal);
    }

    [Fact]
    public void Restarted_simulator_begins_to_count_anew_and_that_is_movement()
    {
        DateTimeOffset last = _time.GetUtcNow();
        _check.Judge(State(orders: 5000, lastCommit: last));
        _time.Advance(TimeSpan.FromSeconds(60));

        Assert.Equal(Outcome.Ok, _check.Judge(State(orders: 3, lastCommit: last) with { StartedAt = _time.GetUtcNow() }).Outcome);
    }

    [Fact]
    public async Task Simulator_that_is_gone_fails_and_its_market_is_unknown()
    {
        IReadOnlyList<Verdict> verdicts = await _check.LookAsync(TestContext.Current.CancellationToken);

        Assert.Equal([("order-simulator.answers", Outcome.Failed), ("order-simulator.market", Outcome.Unknown)], verdicts.Select(v => (v.Id, v.Outcome)));
    }

    private DateTimeOffset? _mySqlSince;

    private Verdict Look(double after, long orders, string rate = "20", bool paused = false, DateTimeOffset? lastCommit = null)
    {
        _time.Advance(TimeSpan.FromSeconds(after));
        return _check.Judge(State(orders, rate, paused, lastCommit ?? _time.GetUtcNow()));
    }

    private MarketState State(long orders, string rate = "20", bool paused = false, DateTimeOffset? lastCommit = null) => MarketStates.Begun with
    {
        OrdersPerSecond = rate,
        Paused = paused,
        Orders = orders,
        MySqlSince = _mySqlSince,
        LastCommitAt = lastCommit,
    };
}
