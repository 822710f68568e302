using System.Collections.Immutable;
using System.Diagnostics;
using CdcLab.AppHost.Aspire.Control;
using CdcLab.AppHost.Output;
using CdcLab.Runtime.Commands;
using CdcLab.Runtime.Live;
using CdcLab.Runtime.Standalone.Data;
using CdcLab.Runtime.View;

namespace CdcLab.AppHost.Aspire.Hosted;

/// <summary>What Aspire itself does not know of the lab's resources, kept up to date in its dashboard: memory, versions, the market, verdicts as properties, and which commands make sense. All of it is <see cref="LabView"/>'s.</summary>
internal sealed class LiveDisplay : BesideAspire, IAsyncDisposable
{
    // Several changes often come together: a state, its memory, the verdicts on it.
    private static readonly TimeSpan Gathering = TimeSpan.FromMilliseconds(100);

    // Each update draws the dashboard's page anew, and a menu that is being opened in that moment may take the page down (FluentMenu, in 13.5): what is only a figure that moves has time.
    private static readonly TimeSpan FigurePause = TimeSpan.FromSeconds(10);

    // Aspire fills these in itself.
    private static readonly string[] AspiresProperties =
    [
        KnownProperties.Parent, KnownProperties.ExitCode, KnownProperties.WaitingFor, KnownProperties.Program, KnownProperties.WorkingDirectory, KnownProperties.Arguments,
        KnownProperties.ProcessId, KnownProperties.Project, KnownProperties.Image, KnownProperties.ContainerId, KnownProperties.ContainerArguments,
    ];

    private readonly AspireControl _control;
    private readonly ResourceStates _states;
    private readonly HeldDataDirectory _held;
    private readonly LiveLab _live;
    private readonly HashSet<string> _ours = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (string News, string Figures)> _shown = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _stop = new();
    private volatile IReadOnlyDictionary<string, ResourceView> _views = new Dictionary<string, ResourceView>(StringComparer.Ordinal);
    private Task _showing = Task.CompletedTask;
    private int _disposals;

    public LiveDisplay(AspireControl control, ResourceStates states, LabValues values, HeldDataDirectory held)
    {
        (_control, _states, _held) = (control, states, held);
        _live = new(new ServedLab { Model = values.Model, Control = control, Abilities = () => values.Abilities, Token = held.Secrets.Token, Say = Terminal.Line });
    }

    /// <summary>Whether a command makes sense now.</summary>
    public ResourceCommandState? Availability(string resource, string command) =>
        _views.GetValueOrDefault(resource)?.Commands.FirstOrDefault(c => c.Name == command)?.Availability switch
        {
            CommandAvailability.Enabled => ResourceCommandState.Enabled,
            CommandAvailability.Disabled => ResourceCommandState.Disabled,
            CommandAvailability.Hidden => ResourceCommandState.Hidden,
            _ => null,
        };

    /// <summary>Does what was chosen. It never throws: whatever goes wrong is told.</summary>
    public async Task<CommandOutcome> ExecuteAsync(string resource, string command, CancellationToken cancellationToken)
    {
        LabSnapshot now = await _live.LookAsync(resource, cancellationToken);
        return await LabCommands.ExecuteAsync(command, new() { Resource = resource, Lab = now, Control = _control, Token = _held.Secrets.Token }, cancellationToken);
    }

    /// <summary>The verdicts on a resource; null while the verifier gives none.</summary>
    public IReadOnlyList<HealthReportView>? Verdicts(string resource) =>
        _views.Values.Any(v => v.Health.Any(h => h.IsVerdict)) && _views.TryGetValue(resource, out ResourceView? view) ? [.. view.Health.Where(h => h.IsVerdict)] : null;

    public override Task StartingAsync(CancellationToken cancellationToken)
    {
        _showing = ShowAsync(_stop.Token);
        return Task.CompletedTask;
    }

    // A test's host is stopped a second time after its end.
    public override async Task StoppedAsync(CancellationToken cancellationToken)
    {
        if (!_stop.IsCancellationRequested)
            await _stop.CancelAsync();
        await _showing;
    }

    // Twice: as itself and as a hosted service.
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Increment(ref _disposals) > 1)
            return;
        await _stop.CancelAsync();
        await _showing;
        await _live.DisposeAsync();
        _stop.Dispose();
    }

    private async Task ShowAsync(CancellationToken cancellationToken)
    {
        using IDisposable watch = _live.Watch();
        long seen = 0;
        long figuresAt = 0;
        string? told = null;
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                (LabSnapshot now, seen) = await _live.NextAsync(seen, cancellationToken);
                IReadOnlyList<ResourceView> views = LabView.Of(now);
                _views = views.ToDictionary(v => v.Name, StringComparer.Ordinal);
                bool withFigures = Stopwatch.GetElapsedTime(figuresAt) > FigurePause;
                if (withFigures)
                    figuresAt = Stopwatch.GetTimestamp();
                foreach (ResourceView view in views)
                    await ShowAsync(view, withFigures);
                await Task.Delay(Gathering, cancellationToken);
                told = null;
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                // The application has ended.
            }
            catch (Exception unexpected)
            {
                // The picture stands still then: that must be said, once.
                if (told != unexpected.Message)
                    Terminal.Error($"What the dashboard shows is not up to date: {unexpected.GetType().Name}: {unexpected.Message}");
                told = unexpected.Message;
            }
        }
    }

    private async Task ShowAsync(ResourceView view, bool withFigures)
    {
        PropertyView[] properties = [.. view.Properties.Where(p => !AspiresProperties.Contains(p.Name)), .. view.Health.Where(h => h.IsVerdict).Select(AsProperty)];
        string news = string.Join('\n', [
            view.State,
            .. view.Health.Where(h => h.IsVerdict).Select(h => $"{h.Key} {h.Health}"),
            .. view.Commands.Select(c => $"{c.Name} {c.Availability} {c.Description} {c.Confirmation}"),
        ]);
        string figures = string.Join('\n', properties.Select(p => $"{p.Name} {p.Text}{string.Join(' ', p.List ?? [])}"));
        (string shownNews, string shownFigures) = _shown.GetValueOrDefault(view.Name);
        if (shownNews == news && (shownFigures == figures || !withFigures))
            return;
        _ours.UnionWith(properties.Select(p => p.Name));
        bool isPublished = await _states.PublishAsync(view.Name, snapshot => snapshot with
        {
            Properties = Merge(snapshot.Properties, properties),
            Commands = [.. snapshot.Commands.Select(c => Reword(c, view))],
            // Aspire gives none to what it does not run itself: the cluster.
            Urls = snapshot.Urls.IsEmpty ? [.. view.Urls.Select(u => new UrlSnapshot(u.Name.Length > 0 ? u.Name : null, u.Address.OriginalString, IsInternal: false) { DisplayProperties = new(u.DisplayName, 0) })] : snapshot.Urls,
        });
        if (isPublished)
            _shown[view.Name] = (news, figures);
    }

    // Verdicts are health in the other host. Here health gates what waits, and is asked every half minute: it is the verifier's, and what was found is told at once.
    private static PropertyView AsProperty(HealthReportView verdict) =>
        new($"verdict.{verdict.Key}", $"Verdict {verdict.Key}", $"{Word(verdict.Health)}: {verdict.Description}") { IsHighlighted = verdict.Health != HealthView.Healthy };

    private static string Word(HealthView health) => health switch
    {
        HealthView.Healthy => "ok",
        HealthView.Unhealthy => "FAILED",
        _ => "unknown",
    };

    private ImmutableArray<ResourcePropertySnapshot> Merge(ImmutableArray<ResourcePropertySnapshot> all, PropertyView[] ours) =>
    [
        .. all.Where(p => !_ours.Contains(p.Name)).DistinctBy(p => p.Name, StringComparer.Ordinal),
        .. ours.Select((p, i) => new ResourcePropertySnapshot(p.Name, p.List is { } list ? (object)list.ToArray() : p.Text) { DisplayName = p.DisplayName, IsHighlighted = p.IsHighlighted, SortOrder = i }),
    ];

    private static ResourceCommandSnapshot Reword(ResourceCommandSnapshot command, ResourceView view) =>
        view.Commands.FirstOrDefault(c => c.Name == command.Name && !LabViewExtensions.AspiresCommands.Contains(c.Name)) is { } now
            ? command with { DisplayDescription = now.Description, ConfirmationMessage = now.Confirmation }
            : command;
}
