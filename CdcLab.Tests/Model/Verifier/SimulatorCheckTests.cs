using CdcLab.Clients.Market;
using CdcLab.Verifier.Checks;
using Microsoft.Extensions.Time.Testing;

namespace CdcLab.Tests.Model.Verifier;

[Trait("tier", "model")]
public sealed class SimulatorCheckTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly MarketClient _client = new(new Uri("http://127.0.0.1:1/"), null);
    private readonly SimulatorCheck _check;

    public SimulatorCheckTests() => _check = new(_client, _time);

    public void Dispose() => _client.Dispose();

    [Fact]
    public void Market_that_moves_is_ok()
    {
        Assert.Equal(Outcome.Ok, _check.Judge(State(orders: 5)).Outcome);
        _time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(Outcome.Ok, _check.Judge(State(orders: 6)).Outcome);
    }

    [Fact]
    public void Market_that_stands_still_fails_after_a_while()
    {
        _check.Judge(State(orders: 5));
        _time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(Outcome.Ok, _check.Judge(State(orders: 5)).Outcome);
        _time.Advance(TimeSpan.FromSeconds(5));

        Verdict still = _check.Judge(State(orders: 5));
        Assert.Equal(Outcome.Failed, still.Outcome);
        Assert.Contains("10 s", still.Actual, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0", false)]
    [InlineData("20", true)]
    public void Market_that_is_paused_need_not_move(string rate, bool paused)
    {
        _check.Judge(State(orders: 5, rate, paused));
        _time.Advance(TimeSpan.FromHours(1));

        Assert.Equal(Outcome.Ok, _check.Judge(State(orders: 5, rate, paused)).Outcome);
    }

    [Fact]
    public void Slow_market_has_time()
    {
        _check.Judge(State(orders: 1, "0.1"));
        _time.Advance(TimeSpan.FromSeconds(140));
        Assert.Equal(Outcome.Ok, _check.Judge(State(orders: 1, "0.1")).Outcome);
        _time.Advance(TimeSpan.FromSeconds(20));
        Assert.Equal(Outcome.Failed, _check.Judge(State(orders: 1, "0.1")).Outcome);
    }

    [Fact]
    public void Market_that_waits_for_MySQL_fails_and_says_so() =>
        Assert.Contains("mysql restart", _check.Judge(State(orders: 5) with { MySqlAnswers = false }).Fix, StringComparison.Ordinal);

    [Fact]
    public void Restarted_simulator_begins_to_count_anew_and_that_is_movement()
    {
        _check.Judge(State(orders: 5000));
        _time.Advance(TimeSpan.FromSeconds(60));

        Assert.Equal(Outcome.Ok, _check.Judge(State(orders: 3)).Outcome);
    }

    [Fact]
    public async Task Simulator_that_is_gone_fails_and_its_market_is_unknown()
    {
        IReadOnlyList<Verdict> verdicts = await _check.LookAsync(TestContext.Current.CancellationToken);

        Assert.Equal([("order-simulator.answers", Outcome.Failed), ("order-simulator.market", Outcome.Unknown)], verdicts.Select(v => (v.Id, v.Outcome)));
    }

    private static MarketState State(long orders, string rate = "20", bool paused = false) => new()
    {
        Pid = 1,
        StartedAt = default,
        Seed = 1,
        OrdersPerSecond = rate,
        Paused = paused,
        Orders = orders,
        Executions = 0,
        Filled = 0,
        Cancelled = 0,
        Purged = 0,
        Retries = 0,
        FoundCommitted = 0,
        Refused = 0,
        Resumed = 0,
        Open = 0,
        Commit = new("mysql-commit", TimeSpan.Zero, 0, null, null, null, null),
        MySqlAnswers = true,
        MySqlSince = null,
    };
}
