namespace CdcLab.AppHost.Lab;

/// <summary>Ends the servers in an order that lets each end cleanly: what writes first, then the brokers, then ZooKeeper and MySQL. Aspire alone would end all at once.</summary>
/// <remarks>
/// A broker that is asked to stop at the same moment as ZooKeeper never finishes its controlled shutdown. Under the testing builder the host is stopped twice, the
/// second time when the orchestrator is gone: it is done once only.
/// </remarks>
internal sealed class OrderlyStop(DistributedApplicationModel model, Faults faults) : IHostedLifecycleService
{
    private readonly Lock _gate = new();
    private Task? _stopping;

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
            return _stopping ??= StopAllAsync();
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private async Task StopAllAsync()
    {
        await StopAsync(model.Resources.OfType<ProjectResource>());
        await StopAsync(model.Resources.Where(r => r is IKafkaBroker || (r is ContainerResource && r is not (IMySqlServer or IZooKeeper))));
        await StopAsync(model.Resources.Where(r => r is IMySqlServer or IZooKeeper));
    }

    private Task StopAsync(IEnumerable<IResource> resources) => Task.WhenAll(resources.Select(r =>
        faults.StopAsync(r, () => Task.FromResult(CommandResults.Success()), CancellationToken.None)));
}
