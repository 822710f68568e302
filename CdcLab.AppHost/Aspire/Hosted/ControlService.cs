using CdcLab.AppHost.Aspire.Control;
using CdcLab.AppHost.Output;
using CdcLab.Runtime;
using CdcLab.Runtime.Control;
using CdcLab.Runtime.Engine;
using CdcLab.Runtime.Standalone.Data;
using Microsoft.Extensions.Hosting;

namespace CdcLab.AppHost.Aspire.Hosted;

/// <summary>The control endpoint and the run file, by which every command and the verifier find this lab; and the end of the brokers before the end of all.</summary>
/// <remarks>
/// Aspire holds back what starts after it until every wait is over, and stops all containers at once with ten seconds: this one starts before any
/// and is asked to stop before any (<see cref="IHostedLifecycleService"/>).
/// </remarks>
internal sealed class ControlService(AspireControl control, LabContainers containers, LabValues values, HeldDataDirectory held) : IHostedLifecycleService, IAsyncDisposable
{
    private ControlEndpoint? _endpoint;

    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        control.Watch();
        _endpoint = await ControlEndpoint.StartAsync(control, values.Model.Ports.Control, held.Secrets.Token, cancellationToken);
        held.Listens(values.Model.Options, values.Model.Ports, values.Abilities);
    }

    /// <summary>Brokers told to stop together with ZooKeeper never finish their controlled shutdown: they go first, with the grace of the model.</summary>
    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        control.IsBeingStopped();
        await Task.WhenAll(values.Model.Kafka.Brokers.Select(async broker =>
        {
            try
            {
                await control.ResumeIfPausedAsync(broker.Name);
                await containers.StopAsync(broker.Name, broker.StopGrace, cancellationToken);
            }
            catch (LabControlException unreachable)
            {
                // Aspire goes on and stops what it can.
                Terminal.Error($"{broker.Name} could not be stopped with its own grace: {unreachable.Message}");
            }
        }));
    }

    public async Task StoppedAsync(CancellationToken cancellationToken)
    {
        if (_endpoint is not null)
            await _endpoint.StopAsync();
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        if (_endpoint is not null)
            await _endpoint.DisposeAsync();
        _endpoint = null;
    }
}
