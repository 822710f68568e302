using Microsoft.Extensions.Hosting;

namespace CdcLab.AppHost.Aspire.Hosted;

/// <summary>Something that begins before Aspire starts anything and is asked to end before Aspire stops anything; each does what it needs of it.</summary>
internal abstract class BesideAspire : IHostedLifecycleService
{
    public virtual Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    // Aspire's own start is among these, and returns when every wait is over.
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public virtual Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public virtual Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
