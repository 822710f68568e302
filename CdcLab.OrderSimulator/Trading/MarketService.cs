using System.Diagnostics;
using CdcLab.OrderSimulator.Market;

namespace CdcLab.OrderSimulator.Trading;

/// <summary>The market: workers that each take what is due next and bring it into the database.</summary>
/// <param name="settings">What this market is.</param>
/// <param name="source">What is due.</param>
/// <param name="runners">Makes a runner for each worker.</param>
/// <param name="upkeep">What is done beside the trade.</param>
/// <param name="figures">Counts.</param>
/// <param name="lifetime">Ends the service when the market cannot go on.</param>
/// <param name="log">The log.</param>
internal sealed class MarketService(
    MarketSettings settings,
    WorkSource source,
    Func<StepRunner> runners,
    Upkeep upkeep,
    MarketFigures figures,
    IHostApplicationLifetime lifetime,
    ILogger<MarketService> log) : BackgroundService
{
    // The service has to be gone five seconds after SIGTERM; a transaction that is under way gets most of that.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(3);

    /// <summary>Whether the market lives. False before it began and after it failed.</summary>
    public bool Lives { get; private set; }

    /// <summary>Whether the market ended because it could not go on.</summary>
    public bool HasFailed { get; private set; }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        log.Opens(settings.Options.OrdersPerSecond.ToString(), settings.Options.Workers, settings.Seed);
        Lives = true;
        using CancellationTokenSource stopping = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        using CancellationTokenSource hard = new();
        await using CancellationTokenRegistration grace = stopping.Token.Register(() => hard.CancelAfter(Grace));
        try
        {
            await upkeep.BeginAsync(stopping.Token);
            List<Task> tasks = [upkeep.RunAsync(stopping.Token, hard.Token)];
            for (int i = 0; i < settings.Options.Workers; i++)
                tasks.Add(WorkAsync(stopping.Token, hard.Token));
            // The first that ends tells all others to end: either the service stops, or one cannot go on.
            await Task.WhenAny(tasks);
            await stopping.CancelAsync();
            await Task.WhenAll(tasks);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            if (hard.IsCancellationRequested)
                log.StoppedInDoubt();
        }
        catch (Exception e)
        {
            log.Failed(e);
            HasFailed = true;
            lifetime.StopApplication();
        }
        finally
        {
            Lives = false;
            foreach (OpenOrder order in source.Waiting())
                OrderTraces.End(order.Trace, status: null, "Left open: the service stopped.");
            (long orders, long executions, _, _, _, _, _, _, _, _) = figures.Read();
            log.Closed(orders, executions);
        }
    }

    private async Task WorkAsync(CancellationToken stopping, CancellationToken cancellationToken)
    {
        await using StepRunner runner = runners();
        while (true)
        {
            (OpenOrder? open, OrderPlan? plan) = await source.TakeAsync(stopping);
            if (plan is not null)
                await PlaceAsync(runner, plan, stopping, cancellationToken);
            else
                await GoOnAsync(runner, open!, stopping, cancellationToken);
        }
    }

    private async Task PlaceAsync(StepRunner runner, OrderPlan plan, CancellationToken stopping, CancellationToken cancellationToken)
    {
        Activity? life = OrderTraces.Begin(plan);
        InsertStep step = new(plan);
        if (await RunAsync(runner, life, step, stopping, cancellationToken) == StepOutcome.Done)
            source.Continue(new(step.OrderId, plan.Quantity, 0, plan.Fills, plan.CancelAfter) { Trace = life });
    }

    private async Task GoOnAsync(StepRunner runner, OpenOrder order, CancellationToken stopping, CancellationToken cancellationToken)
    {
        MarketStep step = order.NextStep();
        if (await RunAsync(runner, order.Trace, step, stopping, cancellationToken) == StepOutcome.Done)
        {
            order.Advance();
            if (order.NextAfter is null)
                OrderTraces.End(order.Trace, (step as ChangeStep)?.To);
            source.Continue(order);
            return;
        }

        OrderTraces.End(order.Trace, status: null, "Somebody else works on it.");
        log.LetGo(order.Id);
        source.LetGo(order);
    }

    private static async Task<StepOutcome> RunAsync(StepRunner runner, Activity? life, MarketStep step, CancellationToken stopping, CancellationToken cancellationToken)
    {
        using Activity? trace = OrderTraces.Step(life, step);
        StepOutcome? outcome = null;
        try
        {
            return (outcome = await runner.RunAsync(step, stopping, cancellationToken)).Value;
        }
        finally
        {
            OrderTraces.Stepped(trace, step, outcome);
            if (outcome is null)
                OrderTraces.End(life, status: null, "The service stopped.");
        }
    }
}
