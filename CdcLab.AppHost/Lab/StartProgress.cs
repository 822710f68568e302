using System.Collections.Concurrent;

namespace CdcLab.AppHost.Lab;

/// <summary>Tells on the terminal what is fetched, what has come up, and what ended.</summary>
internal sealed class StartProgress
{
    private const int PercentStep = 25;
    private readonly long _start = Stopwatch.GetTimestamp();
    private readonly ConcurrentDictionary<string, string> _told = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, bool> _up = new(StringComparer.Ordinal);
    private readonly ResourceWatch _watch;
    private readonly IHostApplicationLifetime _lifetime;

    public StartProgress(ResourceWatch watch, IHostApplicationLifetime lifetime)
    {
        _lifetime = lifetime;
        _watch = watch;
        watch.Changed = Tell;
    }

    public double Seconds => Stopwatch.GetElapsedTime(_start).TotalSeconds;

    private void Tell(WatchedResource? before, WatchedResource now)
    {
        string name = now.Resource.Name;
        // Ends are wanted then.
        if (_lifetime.ApplicationStopping.IsCancellationRequested)
            return;
        if (now.HasEnded || now.IsPaused)
            _up.TryUpdate(name, false, true);
        // ZooKeeper and the brokers share one program: one of them tells of it.
        if (now.State.StartsWith("Fetching", StringComparison.Ordinal))
            TellOnce(_told.FirstOrDefault(t => t.Value == Rounded(now.State)).Key ?? name, Rounded(now.State));
        else if (now.State.StartsWith("Waiting for", StringComparison.Ordinal))
            TellOnce(name, now.State);
        else if (now.IsRunning && now.Snapshot.HealthStatus == HealthStatus.Healthy && !IsUp(before))
        {
            bool again = _up.TryGetValue(name, out bool stayed);
            _up[name] = true;
            // The verifier's first time is the line that the lab is up; its health follows the verdicts.
            if (again ? !stayed : name != ResourceNames.Verifier)
                TellOnce(name, again ? "up again" : $"up after {Seconds:0} s");
        }
        else if (now.HasEnded && before?.HasEnded == false)
            TellOnce(name, Unverified(name, _watch.Ended(name) is { } how ? SameAsTold(name, how) : now.State, "start"));
        else if (now.IsPaused && before?.IsPaused == false)
            TellOnce(name, Unverified(name, "paused", "resume"));
    }

    // Of the others, a verdict says what to do.
    private static string Unverified(string name, string text, string heals) =>
        name == ResourceNames.Verifier ? $"{text}: nothing is verified until `aspire resource {name} {heals}`" : text;

    // What cannot be fetched stops four servers, for one long reason.
    private string SameAsTold(string name, string how)
    {
        string? other = _told.FirstOrDefault(t => t.Key != name && t.Value == how).Key;
        return how.StartsWith("could not", StringComparison.Ordinal) && other is not null ? $"could not be started, for the same reason as {other}" : how;
    }

    private void TellOnce(string name, string text)
    {
        if (_told.TryGetValue(name, out string? told) && told == text)
            return;
        _told[name] = text;
        LabTerminal.Line($"  {name,-16} {text}");
    }

    private static bool IsUp(WatchedResource? resource) => resource is { IsRunning: true, Snapshot.HealthStatus: HealthStatus.Healthy };

    // "Fetching MySQL 33 %" is told as 25 %, so that a download is a few lines.
    private static string Rounded(string state)
    {
        string[] words = state.Split(' ');
        return words is [.., var number, "%"] && int.TryParse(number, out int percent) ? string.Join(' ', [.. words[..^2], $"{percent / PercentStep * PercentStep}", "%"]) : state;
    }
}

/// <summary>Lines for the person who started the lab: one for each resource that is fetched or has come up, one for each verdict that turns.</summary>
internal static class LabTerminal
{
    private static readonly Lock Gate = new();

    public static void Line(string text) => Write(Console.Out, text);

    public static void Error(string text) => Write(Console.Error, text);

    private static void Write(TextWriter writer, string text)
    {
        lock (Gate)
            writer.WriteLine(text);
    }
}
