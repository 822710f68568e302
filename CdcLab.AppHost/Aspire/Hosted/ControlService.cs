using CdcLab.AppHost.Aspire.Control;
using CdcLab.Runtime.Control;
using CdcLab.Runtime.Standalone.Data;
using Microsoft.Extensions.Hosting;

namespace CdcLab.AppHost.Aspire.Hosted;

/// <summary>The control endpoint and the run file, by which every command and the verifier find this lab; and <see cref="BrokersFirst"/> at its end.</summary>
/// <remarks>
/// Aspire holds back what starts after it until every wait is over, and stops all containers at once with ten seconds: this one starts before any
/// and is asked to stop before any (<see cref="IHostedLifecycleService"/>).
/// </remarks>
internal sealed class ControlService(AspireControl control, ResourceStates states, BrokersFirst brokers, LabValues values, HeldDataDirectory held) : BesideAspire, IAsyncDisposable
{
    private ControlEndpoint? _endpoint;

    public override async Task StartingAsync(CancellationToken cancellationToken)
    {
        states.Watch();
        _endpoint = await ControlEndpoint.StartAsync(control, values.Model.Ports.Control, held.Secrets.Token, cancellationToken);
        held.Listens(values.Model.Options, values.Model.Ports, values.Abilities, values.Model.Options.Dashboard.Enabled ? DashboardAddresses.Page(values.Model) : null);
    }

    public override Task StoppingAsync(CancellationToken cancellationToken) => brokers.StopAsync();

    public override async Task StoppedAsync(CancellationToken cancellationToken)
    {
        if (_endpoint is not null)
            await _endpoint.StopAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_endpoint is not null)
            await _endpoint.DisposeAsync();
        _endpoint = null;
    }
}
