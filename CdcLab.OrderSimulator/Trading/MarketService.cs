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
    private static readonly ActivitySource Traces = new(MarketFigures.SourceName);

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
        // The root of the order's trace; its later steps are children of it, however much later they come.
        using Activity? trace = Traces.StartActivity("order insert", ActivityKind.Internal);
        InsertStep step = new(plan);
        await runner.RunAsync(step, stopping, cancellationToken);
        trace?.SetTag("cdclab.order.id", step.OrderId).SetTag("cdclab.order.symbol", plan.Instrument.Symbol);
        source.Continue(new(step.OrderId, plan.Quantity, 0, plan.Fills, plan.CancelAfter) { Trace = trace?.Context ?? default });
    }

    private async Task GoOnAsync(StepRunner runner, OpenOrder order, CancellationToken stopping, CancellationToken cancellationToken)
    {
        MarketStep step = order.NextStep();
        using Activity? trace = Traces.StartActivity($"order {step.Name}", ActivityKind.Internal, order.Trace);
        trace?.SetTag("cdclab.order.id", order.Id);
        if (await runner.RunAsync(step, stopping, cancellationToken) == StepOutcome.Done)
        {
            order.Advance();
            source.Continue(order);
            return;
        }

        log.LetGo(order.Id);
        source.LetGo(order);
    }
}
