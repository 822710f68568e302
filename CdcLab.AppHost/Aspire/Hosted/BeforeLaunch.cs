using CdcLab.AppHost.Output;
using CdcLab.Model;
using CdcLab.Runtime.Engine;
using CdcLab.Runtime.Standalone;
using Microsoft.Extensions.Hosting;

namespace CdcLab.AppHost.Aspire.Hosted;

/// <summary>Holds a server back until it may be launched, at each start, also from the dashboard: a broker that was killed stays registered for some seconds, and its next self would give up.</summary>
/// <remarks>Subscribed when everything is built: Aspire's own handler of this event, which waits for what the resource needs, must come first.</remarks>
internal sealed class BeforeLaunch(global::Aspire.Hosting.Eventing.IDistributedApplicationEventing eventing, LabContainers containers, LabValues values, IHostApplicationLifetime lifetime) : BesideAspire
{
    public override Task StartingAsync(CancellationToken cancellationToken)
    {
        eventing.Subscribe<BeforeResourceStartedEvent>((starting, token) =>
            values.Find(starting.Resource.Name) is { Kind: CdcLab.Model.Live.ResourceKind.Server } server ? WaitAsync(server, token) : Task.CompletedTask);
        return Task.CompletedTask;
    }

    private async Task WaitAsync(LabResource server, CancellationToken cancellationToken)
    {
        try
        {
            ThrowIfStopping(server);
            await containers.BeforeLaunchAsync(server, cancellationToken);
            ThrowIfStopping(server);
        }
        catch (ServerStartException refused)
        {
            Terminal.Error(refused.Message);
            throw;
        }
    }

    // A broker that has just been stopped with its grace would be cut off without it.
    private void ThrowIfStopping(LabResource server)
    {
        if (lifetime.ApplicationStopping.IsCancellationRequested)
            throw new ServerStartException($"{server.Name} is not started: the lab is being stopped.");
    }
}
