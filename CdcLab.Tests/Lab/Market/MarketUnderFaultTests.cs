using CdcLab.Clients.Market;
using CdcLab.Model.Options;
using CdcLab.Model.Schema;
using CdcLab.Tests.Lab.MySql;
using Xunit;

namespace CdcLab.Tests.Lab.Market;

[Collection(ServersCollection.Name)]
[Trait("tier", "lab")]
public sealed class MarketUnderFaultTests(SharedMySql shared) : IClassFixture<SharedMySql>
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private MySqlServerUnderTest Server => shared.Server;

    [Fact]
    public async Task MySql_killed_under_load_twice_loses_nothing_and_repeats_nothing()
    {
        await using SimulatorUnderTest simulator = Simulator(Server.Port, new() { OrdersPerSecond = new(300), Seed = 1 });
        await simulator.StartAsync();
        for (int kill = 0; kill < 2; kill++)
        {
            long before = (await simulator.Client.StateAsync(TestContext.Current.CancellationToken)).Orders;
            await simulator.Until("orders are placed", Limit, s => s.Orders > before + 200);
            await Server.KillAsync();
            await simulator.Until("it noticed", Limit, s => s.MySqlAnswers == false);
            await Server.StartAsync();
            await simulator.Until("MySQL answers again", Limit, s => s.MySqlAnswers == true);
        }

        MarketState end = await simulator.ComeToRestAsync();
        Assert.True(end.Retries > 0);
        Assert.Equal(0, end.Refused);
        LedgerAuditReport report = await simulator.AuditAsync(Server);
        Assert.Equal(end.Executions, report.ExecutionsInLedger);
        // One line when it goes and one when it is back.
        int gone = simulator.Lines.Count(l => l.Contains("does not answer", StringComparison.Ordinal));
        int back = simulator.Lines.Count(l => l.Contains("answers again", StringComparison.Ordinal));
        Assert.True((gone, back) == (2, 2), string.Join('\n', simulator.Lines));
    }

    [Theory]
    [InlineData(MySqlProxy.LostAnswer.AfterCommit, true)]
    [InlineData(MySqlProxy.LostAnswer.WhileCommitting, null)]
    [InlineData(MySqlProxy.LostAnswer.BeforeCommit, false)]
    public async Task Answers_to_commits_that_are_swallowed_leave_every_step_done_once(MySqlProxy.LostAnswer how, bool? wasDone)
    {
        const int Answers = 40;
        await using MySqlProxy proxy = new(Server.Port);
        await using SimulatorUnderTest simulator = Simulator(proxy.Port, new() { OrdersPerSecond = new(100), Seed = 2 });
        await simulator.StartAsync();
        await simulator.Until("orders are placed", Limit, s => s.Orders > 50);
        for (int i = 0; i < Answers; i++)
            proxy.LoseNext(how);
        await simulator.Until("all answers were lost", Limit, _ => proxy.Lost == Answers);
        MarketState end = await simulator.ComeToRestAsync();

        Assert.Equal(0, end.Refused);
        Assert.Equal(wasDone switch { true => Answers, false => 0, null => end.FoundDone }, end.FoundDone);
        LedgerAuditReport report = await simulator.AuditAsync(Server);
        Assert.Equal(end.Executions, report.ExecutionsInLedger);
    }

    [Fact]
    public async Task Commit_that_hangs_is_treated_like_an_answer_that_is_lost()
    {
        await using MySqlProxy proxy = new(Server.Port);
        await using SimulatorUnderTest simulator = Simulator(proxy.Port, new() { OrdersPerSecond = new(50), Seed = 3 });
        await simulator.StartAsync();
        await simulator.Until("orders are placed", Limit, s => s.Orders > 20);
        proxy.LoseNext(MySqlProxy.LostAnswer.Hangs);
        await simulator.Until("the commit was found done", Limit, s => s.FoundDone == 1);
        await simulator.ComeToRestAsync();
        await simulator.AuditAsync(Server);
    }

    [Fact]
    public async Task MySql_stopped_in_the_middle_of_commits_for_longer_than_the_time_out_repeats_nothing()
    {
        await using SimulatorUnderTest simulator = Simulator(Server.Port, new() { OrdersPerSecond = OrderRate.Max, Seed = 4 });
        await simulator.StartAsync();
        await simulator.Until("orders are placed", Limit, s => s.Orders > 500);
        await Server.PauseAsync();
        await simulator.Until("the time-outs passed", Limit, s => s.MySqlAnswers == false && s.Retries >= 4);
        await Server.ResumeAsync();
        await simulator.Until("MySQL answers again", Limit, s => s.MySqlAnswers == true);
        MarketState end = await simulator.ComeToRestAsync();
        Assert.Equal(0, end.Refused);
        await simulator.AuditAsync(Server);
    }

    [Fact]
    public async Task Simulator_killed_under_load_takes_its_open_orders_up_again()
    {
        await using SimulatorUnderTest simulator = Simulator(Server.Port, new() { OrdersPerSecond = new(300), Seed = 5 });
        for (int kill = 0; kill < 3; kill++)
        {
            await simulator.StartAsync();
            await simulator.Until("orders are placed", Limit, s => s.Orders > 200);
            await simulator.KillAsync();
        }

        await simulator.StartAsync();
        await simulator.Until("it took up", Limit, s => s.TakenUp > 0);
        await simulator.ComeToRestAsync();
        await simulator.AuditAsync(Server);
        Assert.Equal(0, await CountAsync("SELECT COUNT(*) FROM cdclab.orders WHERE status IN ('PENDING', 'PARTIAL')"));
    }

    [Fact]
    public async Task Two_simulators_on_one_database_break_no_invariant()
    {
        await using SimulatorUnderTest first = Simulator(Server.Port, new() { OrdersPerSecond = new(200), Seed = 6 });
        await using SimulatorUnderTest second = Simulator(Server.Port, new() { OrdersPerSecond = new(200), Seed = 6 });
        await first.StartAsync();
        await first.Until("orders are open", Limit, s => s.Open > 50);
        // The second takes the first one's open orders for left open, so both are at the same orders now.
        await second.StartAsync();
        await second.Until("it took up", Limit, s => s.TakenUp > 0);
        await second.ComeToRestAsync();
        await first.ComeToRestAsync();
        await first.AuditAsync(Server);
        await second.AuditAsync(Server);
    }

    [Fact]
    public async Task Sigterm_under_load_ends_within_five_seconds_with_exit_code_0()
    {
        await using SimulatorUnderTest simulator = Simulator(Server.Port, new() { OrdersPerSecond = OrderRate.Max });
        await simulator.StartAsync();
        await simulator.Until("orders are placed", Limit, s => s.Orders > 200);
        (int exitCode, TimeSpan took) = await simulator.StopAsync();
        Assert.Equal(0, exitCode);
        Assert.InRange(took, TimeSpan.Zero, Deadline.OnABusyMachine(TimeSpan.FromSeconds(5)));
        LedgerAuditReport report = await simulator.AuditAsync(Server);
        Assert.True(report.Lines > 200);
    }

    [Fact]
    public async Task Sigterm_while_mysql_is_gone_ends_within_five_seconds_with_exit_code_0()
    {
        await using MySqlProxy proxy = new(Server.Port);
        await using SimulatorUnderTest simulator = Simulator(proxy.Port, new() { OrdersPerSecond = new(100) });
        await simulator.StartAsync();
        await simulator.Until("orders are placed", Limit, s => s.Orders > 50);
        await proxy.DisposeAsync();
        await simulator.Until("it noticed", Limit, s => s.MySqlAnswers == false);
        (int exitCode, TimeSpan took) = await simulator.StopAsync();
        Assert.Equal(0, exitCode);
        Assert.InRange(took, TimeSpan.Zero, Deadline.OnABusyMachine(TimeSpan.FromSeconds(5)));
    }

    private SimulatorUnderTest Simulator(int port, SimulatorOptions options) => new(port, Server.Passwords[DatabaseUser.Simulator.Name], options);

    private async Task<long> CountAsync(string sql)
    {
        await using MySqlConnector.MySqlConnection root = await Server.RootAsync();
        await using MySqlConnector.MySqlCommand command = new(sql, root);
        return (long)(await command.ExecuteScalarAsync(TestContext.Current.CancellationToken))!;
    }
}
