using CdcLab.Clients.Market;
using CdcLab.OrderSimulator.Market;
using CdcLab.OrderSimulator.Trading;
using Microsoft.Extensions.Logging.Abstractions;

namespace CdcLab.Tests.Model.Market;

[Trait("tier", "model")]
public sealed class StepRunnerTests
{
    [Property(MaxTest = 150)]
    public async Task Whatever_fails_every_step_is_done_exactly_once_and_the_ledger_says_so(int seed)
    {
        using TestMeters meters = new();
        using MarketFigures figures = new(meters, TimeProvider.System);
        FaultyDatabase database = new(Faults(new Random(seed)).GetEnumerator());
        List<LedgerEntry> ledger = [];
        await using StepRunner runner = Runner(database, ledger, figures);

        List<OrderPlan> plans = await TradeAsync(runner, new OrderFlow(seed), 20);

        Assert.True(database.Faults > 0);
        Assert.Equal(0, figures.Refused.Value);
        Assert.Equal(plans, database.Orders.OrderBy(o => o.Key).Select(o => o.Value.Insert.Plan));
        foreach ((long id, FaultyDatabase.Row row) in database.Orders)
        {
            OrderPlan plan = row.Insert.Plan;
            Assert.Equal(plan.Fills.Select(f => (f.Quantity, f.Price)), database.Executions.Where(e => e.Value.OrderId == id).OrderBy(e => e.Key).Select(e => (e.Value.Quantity, e.Value.Price)));
            Assert.Equal(plan.CancelAfter is null ? OrderStatus.Filled : OrderStatus.Cancelled, row.Status);
        }

        Assert.Equal(database.Orders.Keys.Order(), ledger.Where(e => e.Kind == LedgerKind.Insert).Select(e => e.OrderId).Order());
        Assert.Equal(database.Executions.Keys.Order(), ledger.Where(e => e.Kind == LedgerKind.Execute).Select(e => e.ExecutionId!.Value).Order());
        Assert.Equal(plans.Count(p => p.CancelAfter is not null), ledger.Count(e => e.Kind == LedgerKind.Cancel));
    }

    [Fact]
    public async Task Order_that_somebody_else_changed_is_refused_and_not_in_the_ledger()
    {
        using TestMeters meters = new();
        using MarketFigures figures = new(meters, TimeProvider.System);
        FaultyDatabase database = new(Enumerable.Empty<Fault>().GetEnumerator());
        List<LedgerEntry> ledger = [];
        await using StepRunner runner = Runner(database, ledger, figures);
        InsertStep insert = new(new OrderFlow(1).Next());
        await runner.RunAsync(insert, CancellationToken.None, TestContext.Current.CancellationToken);
        database.Orders[insert.OrderId] = database.Orders[insert.OrderId] with { Status = OrderStatus.Cancelled };

        bool isDone = await runner.RunAsync(
            new ExecuteStep(insert.OrderId, insert.Plan.Quantity, 0, 1, insert.Plan.Price), CancellationToken.None, TestContext.Current.CancellationToken);

        Assert.False(isDone);
        Assert.Single(ledger);
        Assert.Empty(database.Executions);
    }

    [Fact]
    public async Task Ledger_that_cannot_be_written_ends_the_market_and_is_not_taken_for_a_fault_of_mysql()
    {
        using TestMeters meters = new();
        using MarketFigures figures = new(meters, TimeProvider.System);
        FaultyDatabase database = new(Enumerable.Empty<Fault>().GetEnumerator());
        await using StepRunner runner = new(
            database.OpenAsync, _ => throw new IOException("No space left on device."), Reachability(), figures, new PromptTime());

        await Assert.ThrowsAsync<IOException>(() => runner.RunAsync(new InsertStep(new OrderFlow(1).Next()), CancellationToken.None, TestContext.Current.CancellationToken));
        Assert.Equal(0, figures.Retries.Value);
    }

    [Fact]
    public async Task Stopping_ends_the_tries_while_mysql_is_gone()
    {
        using TestMeters meters = new();
        using MarketFigures figures = new(meters, TimeProvider.System);
        using CancellationTokenSource stopping = new();
        FaultyDatabase database = new(Enumerable.Repeat(Fault.Refused, int.MaxValue).GetEnumerator());
        await using StepRunner runner = new(database.OpenAsync, _ => { }, Reachability(), figures, TimeProvider.System);
        Task<bool> run = runner.RunAsync(new InsertStep(new OrderFlow(1).Next()), stopping.Token, TestContext.Current.CancellationToken);
        await stopping.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run.WaitAsync(TimeSpan.FromSeconds(5), TestContext.Current.CancellationToken));
    }

    private static StepRunner Runner(FaultyDatabase database, List<LedgerEntry> ledger, MarketFigures figures) =>
        new(database.OpenAsync, ledger.Add, Reachability(), figures, new PromptTime());

    private static Reachability Reachability() => new(TimeProvider.System, NullLogger<Reachability>.Instance);

    private static async Task<List<OrderPlan>> TradeAsync(StepRunner runner, OrderFlow flow, int orders)
    {
        List<OrderPlan> plans = [];
        for (int i = 0; i < orders; i++)
        {
            OrderPlan plan = flow.Next();
            plans.Add(plan);
            OpenOrder order = new(plan);
            while (order.NextAfter is not null)
            {
                MarketStep step = order.NextStep();
                Assert.True(await runner.RunAsync(step, CancellationToken.None, CancellationToken.None));
                order.Advance(step);
            }
        }

        return plans;
    }

    // A fault at one in four places, of any kind, several in a row too.
    private static IEnumerable<Fault> Faults(Random chance)
    {
        Fault[] kinds = [Fault.Refused, Fault.StatementFails, Fault.CommitLost, Fault.AnswerLost];
        while (true)
            yield return chance.NextDouble() < 0.25 ? kinds[chance.Next(kinds.Length)] : Fault.None;
    }
}
