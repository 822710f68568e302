namespace CdcLab.OrderSimulator.Trading;

/// <summary>The market: workers that each take the next due step and commit it.</summary>
internal sealed class MarketService(
    SimulatorSettings settings,
    WorkSource source,
    Func<StepRunner> runners,
    Maintenance maintenance,
    MarketFigures figures,
    IHostApplicationLifetime lifetime,
    ILogger<MarketService> log) : BackgroundService
{
    // The service must end within six seconds of SIGTERM; a running transaction gets half of that.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(3);

    public bool IsRunning { get; private set; }

    public bool HasFailed { get; private set; }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        log.MarketOpened(settings.Options.OrdersPerSecond.ToString(), settings.Options.Workers, settings.Seed);
        IsRunning = true;
        using CancellationTokenSource stopping = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        using CancellationTokenSource hard = new();
        await using CancellationTokenRegistration grace = stopping.Token.Register(() => hard.CancelAfter(Grace));
        try
        {
            await maintenance.BeginAsync(stopping.Token);
            List<Task> tasks = [maintenance.RunAsync(stopping.Token, hard.Token)];
            for (int i = 0; i < settings.Options.Workers; i++)
                tasks.Add(WorkAsync(stopping.Token, hard.Token));
            // The first task that ends stops the others: the service stops, or one has failed.
            await Task.WhenAny(tasks);
            await stopping.CancelAsync();
            await Task.WhenAll(tasks);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            if (hard.IsCancellationRequested)
                log.StoppedWithUnknownOutcome();
        }
        catch (Exception e)
        {
            log.MarketFailed(e);
            HasFailed = true;
            lifetime.StopApplication();
        }
        finally
        {
            IsRunning = false;
            foreach (OpenOrder order in source.Waiting())
                OrderTraces.EndOrder(order.Trace, status: null, "The service stopped.");
            log.MarketClosed(figures.Orders.Value, figures.Executions.Value);
        }
    }

    private async Task WorkAsync(CancellationToken stopping, CancellationToken cancellationToken)
    {
        await using StepRunner runner = runners();
        while (true)
        {
            OpenOrder order = await source.TakeAsync(stopping);
            order.Trace ??= OrderTraces.BeginOrder(order.Plan);
            MarketStep step = order.NextStep();
            if (!await RunAsync(runner, order.Trace, step, stopping, cancellationToken))
            {
                OrderTraces.EndOrder(order.Trace, status: null, "The order was changed by another client.");
                log.OrderDropped(order.Id);
                source.Remove(order);
                continue;
            }

            order.Advance(step);
            if (order.NextAfter is null)
                OrderTraces.EndOrder(order.Trace, (step as ChangeStep)?.To);
            source.Continue(order);
        }
    }

    private static async Task<bool> RunAsync(StepRunner runner, Activity? order, MarketStep step, CancellationToken stopping, CancellationToken cancellationToken)
    {
        using Activity? trace = OrderTraces.BeginStep(order, step);
        bool? isDone = null;
        try
        {
            return (isDone = await runner.RunAsync(step, stopping, cancellationToken)).Value;
        }
        finally
        {
            OrderTraces.EndStep(trace, step, isDone);
            if (isDone is null)
                OrderTraces.EndOrder(order, status: null, "The service stopped.");
        }
    }
}
