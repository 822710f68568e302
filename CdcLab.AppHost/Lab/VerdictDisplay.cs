using System.Collections.Concurrent;
using CdcLab.AppHost.Commands;

namespace CdcLab.AppHost.Lab;

/// <summary>Shows the verifier's verdicts: as properties of the resource concerned, as health of the verifier, and, when they turn, as a notification and a line on the terminal.</summary>
internal sealed class VerdictDisplay(ResourceNotificationService notifications, IInteractionService interaction, DistributedApplicationModel model, StartProgress progress, ResourceWatch watch, LabSession lab) : IHealthCheck
{
    private const int MostFollowers = 3;
    // On the terminal; the report and the properties have it all.
    private const int LongestFound = 300, LongestFix = 500;

    private static readonly TimeSpan GoodNews = TimeSpan.FromSeconds(20);

    private readonly VerdictNews _news = new();
    private readonly ConcurrentDictionary<(string Resource, string Owner), string> _shown = new();
    private readonly Dictionary<string, CancellationTokenSource> _notified = new(StringComparer.Ordinal);
    private LabReport? _report;
    private string? _silence = "The verifier has not looked yet.";
    private bool _isUp;

    /// <summary>Nothing goes to the terminal: somebody else tells the verdicts.</summary>
    public bool IsQuiet { get; set; }

    public void Silent(string why) => _silence = why;

    /// <summary>The verdicts on a resource as one health result of the verifier: the worst of them, with those that are not ok in words. Nothing waits for it.</summary>
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        if (_silence is not null || _report is not { } report)
            return Task.FromResult(HealthCheckResult.Degraded(_silence));
        Verdict[] verdicts = [.. report.Checks.Where(c => VerdictHealthExtensions.Prefix + c.Resource == context.Registration.Name)];
        Verdict[] bad = [.. verdicts.Where(v => v.Outcome != Outcome.Ok).OrderBy(v => v.Outcome == Outcome.Unknown)];
        HealthStatus status = bad.Length == 0 ? HealthStatus.Healthy : bad[0].Outcome == Outcome.Failed ? HealthStatus.Unhealthy : HealthStatus.Degraded;
        return Task.FromResult(new HealthCheckResult(status, $"{verdicts.Length - bad.Length} of {verdicts.Length} ok{string.Concat(bad.Select(v => $". {Words(v)}"))}"));
    }

    public async Task ShowAsync(LabReport report)
    {
        _report = report;
        _silence = null;
        foreach (IGrouping<string, Verdict> group in report.Checks.GroupBy(c => c.Resource))
        {
            if (model.Resources.FirstOrDefault(r => r.Name == group.Key) is not { } resource)
                continue;
            Verdict[] bad = [.. group.Where(v => v.Outcome != Outcome.Ok)];
            await MergePropertiesAsync(resource, "verdicts", [
                new("verdicts", bad.Length == 0 ? $"all {group.Count()} ok" : $"{bad.Length} of {group.Count()} not ok: {string.Join(", ", bad.Select(v => v.Id))}") { DisplayName = "Verdicts", IsHighlighted = true },
                .. group.Select(v => new ResourcePropertySnapshot($"verdict.{v.Id}", Words(v)) { DisplayName = v.Id, IsHighlighted = v.Outcome != Outcome.Ok }),
            ]);
        }

        if (IsQuiet)
            return;
        // Nothing has turned before everything has been looked at once, with everything there.
        if (_isUp)
            TellNews(report);
        else if (report.IsAllOk || (report.Checks.Count > 0 && watch.IsSettled))
            TellUp(report);
    }

    /// <summary>Publishes properties beside Aspire's own, when their texts have changed.</summary>
    public async Task MergePropertiesAsync(IResource resource, string owner, IReadOnlyList<ResourcePropertySnapshot> properties)
    {
        string text = string.Join('\n', properties.Select(p => $"{p.Name} {p.Value}"));
        if (_shown.TryGetValue((resource.Name, owner), out string? shown) && shown == text)
            return;
        _shown[(resource.Name, owner)] = text;
        HashSet<string> ours = [.. properties.Select(p => p.Name)];
        await notifications.PublishUpdateAsync(resource, s => s with
        {
            Properties = [.. s.Properties.Where(p => !ours.Contains(p.Name) && !(owner == "verdicts" && p.Name.StartsWith("verdict", StringComparison.Ordinal))), .. properties],
        });
    }

    private void TellUp(LabReport report)
    {
        _isUp = true;
        Verdict[] bad = [.. report.Checks.Where(c => c.Outcome != Outcome.Ok && c.CausedBy is null)];
        _news.Known(bad, report.At);
        LabTerminal.Line($"\nThe lab is {(report.IsAllOk ? "up" : "not whole")} after {progress.Seconds:0} s: {report.Count(Outcome.Ok)} of {report.Checks.Count} checks ok{(report.NotPossibleHere.Count == 0 ? "" : $", {report.NotPossibleHere.Count} not possible here")}.");
        foreach (string line in bad.Select(Line).Concat(lab.Addresses()).Concat(report.NotPossibleHere.Where(n => n.Id == DebeziumExtensions.WhatNeedsIt).Select(n => n.Reason)).Append("Ctrl+C stops everything."))
            LabTerminal.Line($"  {line}");
    }

    private void TellNews(LabReport report)
    {
        foreach (Verdict root in _news.Of(report))
        {
            Verdict[] followers = [.. report.Checks.Where(c => c.CausedBy == root.Id)];
            string follow = followers.Length == 0 ? "" : $" ({followers.Length} {(followers.Length == 1 ? "check follows" : "checks follow")} from it: {string.Join(", ", followers.Take(MostFollowers).Select(f => f.Id))}{(followers.Length > MostFollowers ? ", ..." : "")})";
            LabTerminal.Line(root.Outcome == Outcome.Ok ? $"{DateTime.Now:HH:mm:ss} ok      {root.Id}: {root.Actual}" : $"{DateTime.Now:HH:mm:ss} FAILED  {Line(root)}{follow}");
            Notify(root, follow);
        }
    }

    // The notification of a failure goes when it is over, and that it is over is news for a while only: the page must not fill. Nobody waits for them.
    private void Notify(Verdict verdict, string follow)
    {
        if (!interaction.IsAvailable)
            return;
        bool ok = verdict.Outcome == Outcome.Ok;
        if (_notified.Remove(verdict.Id, out CancellationTokenSource? earlier))
            earlier.Cancel();
        CancellationTokenSource end = ok ? new(GoodNews) : _notified[verdict.Id] = new();
        Task shown = interaction.PromptNotificationAsync(
            ok ? $"{verdict.Id} is ok again" : verdict.Id,
            ok ? verdict.Actual ?? "" : $"{verdict.Actual}{follow}. {verdict.Fix}",
            new NotificationInteractionOptions { Intent = ok ? MessageIntent.Success : MessageIntent.Error, EnableMessageMarkdown = true },
            end.Token);
        _ = shown.ContinueWith(t => LabTerminal.Error($"A notification could not be shown: {t.Exception!.GetBaseException().Message}"), CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
    }

    private static string Line(Verdict verdict) => Words(verdict with
    {
        Actual = verdict.Actual is { Length: > LongestFound } long_ ? $"{long_[..LongestFound]}..." : verdict.Actual,
        Fix = verdict.Fix is { Length: > LongestFix } fix ? $"What to do has {FixText.Codes(fix).Count} parts: `verify` prints them to be pasted." : verdict.Fix,
    });

    private static string Words(Verdict v)
    {
        if (v.Outcome == Outcome.Ok)
            return $"ok: {v.Actual}";
        string found = v.Outcome == Outcome.Failed ? $"expected: {v.Expected}; found: {v.Actual}" : $"unknown. {v.Because}";
        return $"{v.Id}: {found.TrimEnd('.')}. {(v.CausedBy is { } cause ? $"It follows from {cause}." : v.Fix)}";
    }
}

internal static class VerdictHealthExtensions
{
    public const string Prefix = "verdicts-";

    public static IResourceBuilder<ProjectResource> WithVerdicts(this IResourceBuilder<ProjectResource> verifier, IEnumerable<string> resources)
    {
        foreach (string key in resources.Select(r => Prefix + r))
        {
            verifier.ApplicationBuilder.Services.AddHealthChecks().Add(new(key, services => services.GetRequiredService<VerdictDisplay>(), HealthStatus.Unhealthy, tags: null));
            verifier.WithHealthCheck(key);
        }

        return verifier;
    }
}
