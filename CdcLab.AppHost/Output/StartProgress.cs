using System.Diagnostics;
using System.Globalization;
using CdcLab.Model.Live;
using CdcLab.Model.Options;
using CdcLab.Runtime.Standalone;
using CdcLab.Runtime.Standalone.Fetching;

namespace CdcLab.AppHost.Output;

/// <summary>Tells what a lab does: what is fetched, every change of state, and what was brought about.</summary>
internal sealed class StartProgress : ILabEvents
{
    private readonly long _start = Stopwatch.GetTimestamp();
    private readonly HashSet<string> _told = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();

    public void Say(string line) => Terminal.Line(Now() + line);

    public void Report(FetchProgress value)
    {
        string step = $"{value.Part}: {value.Step}";
        bool isNew;
        lock (_lock)
        {
            isNew = _told.Add(step);
        }

        if (isNew)
            Terminal.Line(Now() + step);
        else if (value.TotalBytes is { } total and > 0)
            Terminal.Transient(string.Create(CultureInfo.InvariantCulture, $"{Now()}{step} {ByteSize.ToMiB(value.DoneBytes)} of {ByteSize.ToMiB(total)} ({100 * value.DoneBytes / total} %)"));
        else if (value.DoneBytes > 0)
            Terminal.Transient($"{Now()}{step} {ByteSize.ToMiB(value.DoneBytes)}");
    }

    public void Changed(ResourceState state)
    {
        if (Describe(state) is { } text)
            Terminal.Line($"{Now()}{state.Name,-16} {text}");
        foreach (string line in state.State is RunState.Exited ? state.LastLines : [])
            Terminal.Line($"{"",27}| {line}");
    }

    // One line per change that a person would ask about.
    private static string? Describe(ResourceState state) => state.State switch
    {
        RunState.Starting => state is { Pid: null, ContainerId: null } ? null : "starting",
        RunState.Running when state.Answers == false => "runs, but does not answer",
        RunState.Running when state.Answers is null => null,
        RunState.Running => $"running{(state.Version is null ? "" : ", version " + state.Version)}",
        RunState.Exited => $"ENDED BY ITSELF with {EndWords.Of(state.ExitCode, state.OomKilled, state.Because)}; 'start {state.Name}' starts it again. Its last lines:",
        RunState.Stopped when state.Because == ResourceState.Killed => "killed",
        RunState.Stopped => state.ExitCode is { } code and not (0 or 143) ? $"stopped, exit code {code}" : "stopped",
        RunState.Failed => null,
        RunState.Paused => "paused",
        RunState.Stopping => state.Because is null ? "stopping" : null,
        _ => null,
    };

    private string Now() => Terminal.Elapsed(Stopwatch.GetElapsedTime(_start));
}
