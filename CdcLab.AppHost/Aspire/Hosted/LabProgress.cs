using System.Diagnostics;
using System.Threading.Channels;
using CdcLab.AppHost.Aspire.Control;
using CdcLab.AppHost.Output;
using CdcLab.Model;
using CdcLab.Model.Live;
using CdcLab.Runtime.Standalone.Dashboard;
using CdcLab.Runtime.Standalone.Data;
using Microsoft.Extensions.Hosting;

namespace CdcLab.AppHost.Aspire.Hosted;

/// <summary>Tells on the terminal what the lab does, in the words of the other host: each change of a state, and when everything is up.</summary>
internal sealed class LabProgress(AspireControl control, LabValues values, HeldDataDirectory held, StartProgress progress, IHostApplicationLifetime lifetime) : BesideAspire, IDisposable
{
    private readonly long _start = Stopwatch.GetTimestamp();
    private readonly Channel<ResourceState> _changed = Channel.CreateUnbounded<ResourceState>(new() { SingleReader = true });
    private readonly Dictionary<string, (RunState State, bool? Answers)> _told = new(StringComparer.Ordinal);
    private IDisposable? _changes;
    private bool _isUp;

    public override Task StartingAsync(CancellationToken cancellationToken)
    {
        // In their order, and not in the way of those who tell them.
        _changes = control.OnChange(state => _changed.Writer.TryWrite(state));
        _ = TellAllAsync();
        return Task.CompletedTask;
    }

    public void Dispose()
    {
        _changes?.Dispose();
        _changed.Writer.TryComplete();
    }

    private async Task TellAllAsync()
    {
        await foreach (ResourceState state in _changed.Reader.ReadAllAsync())
        {
            try
            {
                await TellAsync(state);
            }
            catch (Exception unexpected)
            {
                Terminal.Error($"A change of {state.Name} could not be told: {unexpected.GetType().Name}: {unexpected.Message}");
            }
        }
    }

    private async Task TellAsync(ResourceState state)
    {
        if (_told.TryGetValue(state.Name, out (RunState, bool?) before) && before == (state.State, state.Answers))
            return;
        _told[state.Name] = (state.State, state.Answers);
        bool isUpNow = !_isUp && values.Model.Resources.All(r => _told.GetValueOrDefault(r.Name).Answers == true);
        _isUp |= isUpNow;

        // What ends with the application has not failed.
        if (lifetime.ApplicationStopping.IsCancellationRequested)
            return;
        if (state.State is RunState.Exited or RunState.Failed)
            state = (await control.ListAsync(CancellationToken.None)).First(s => s.Name == state.Name) is { } now && now.State == state.State ? now : state;
        if (state.State == RunState.Failed)
            progress.Say($"{state.Name,-16} COULD NOT BE STARTED: {(state.LastLines.Count > 0 ? string.Join(" | ", state.LastLines.TakeLast(3)) : "see its log in the dashboard")}");
        else
            progress.Changed(state);
        if (isUpNow)
            await ShowAsync();
    }

    private async Task ShowAsync()
    {
        TimeSpan took = Stopwatch.GetElapsedTime(_start);
        LabModel model = values.Model;
        ResourceTable.Print(await control.ListAsync(CancellationToken.None), values.Abilities, null);
        string dashboard = model.Options.Dashboard.Enabled
            ? DashboardLink.WithLogin(DashboardAddresses.Page(model), held.Secrets).ToString()
            : "none: Lab:Dashboard:Enabled = false";
        LabIsUp.Print(model, values.Abilities, held.Directory, took, dashboard);
    }
}
