using CdcLab.Model;
using CdcLab.Model.Live;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace CdcLab.AppHost.Aspire.Control;

/// <summary>Aspire's words for a state, in the lab's.</summary>
internal static class AspireStates
{
    /// <summary>Ours: Aspire knows no such state.</summary>
    public const string Paused = "Paused";

    public static bool IsEnded(string state) => KnownResourceStates.TerminalStates.Contains(state) || state == "Unknown";

    public static ResourceState Unknown(LabResource resource) => new()
    {
        Name = resource.Name,
        Kind = resource.Kind,
        State = RunState.Waiting,
        WaitsFor = resource.WaitsFor,
        Ports = Ports(resource),
    };

    /// <summary>A state as the lab tells it.</summary>
    /// <param name="resource">The server or service.</param>
    /// <param name="snapshot">What Aspire says of it.</param>
    /// <param name="end">How its end was asked for, if it has ended.</param>
    public static ResourceState Of(LabResource resource, CustomResourceSnapshot snapshot, AskedEnd end)
    {
        string text = snapshot.State?.Text ?? KnownResourceStates.NotStarted;
        RunState state = State(text, end);
        bool runs = state is RunState.Running or RunState.Paused or RunState.Starting;
        return new()
        {
            Name = resource.Name,
            Kind = resource.Kind,
            State = state,
            Answers = state == RunState.Running ? Answers(snapshot) : null,
            WaitsFor = state == RunState.Waiting ? resource.WaitsFor : [],
            ContainerId = snapshot.Properties.FirstOrDefault(p => p.Name == "container.id")?.Value as string,
            StartedAt = Time(snapshot.StartTimeStamp),
            EndedAt = runs ? null : Time(snapshot.StopTimeStamp),
            ExitCode = runs ? null : snapshot.ExitCode,
            Ports = Ports(resource),
            Because = state == RunState.Stopped && end == AskedEnd.Kill ? ResourceState.Killed : runs ? WhyNot(snapshot) : null,
        };
    }

    /// <summary>Whether its own checks found that it answers, since it was started last; null before they have looked. The verifier's verdicts are no probe of its own.</summary>
    public static bool? Answers(CustomResourceSnapshot snapshot)
    {
        HealthReportSnapshot[] own = [.. Own(snapshot)];
        if (own.Length == 0 || own.Any(r => r.Status is null || r.LastRunAt < snapshot.StartTimeStamp))
            return null;
        return own.All(r => r.Status == HealthStatus.Healthy);
    }

    /// <summary>The process that Aspire knows of a service: the <c>dotnet run</c> around it.</summary>
    public static int? WrapperPid(CustomResourceSnapshot snapshot) => snapshot.Properties.FirstOrDefault(p => p.Name == "executable.pid")?.Value as int?;

    private static IEnumerable<HealthReportSnapshot> Own(CustomResourceSnapshot snapshot) => snapshot.HealthReports.Where(r => !r.Name.StartsWith(VerdictChecks.Prefix, StringComparison.Ordinal));

    private static string? WhyNot(CustomResourceSnapshot snapshot) => Own(snapshot).FirstOrDefault(r => r.Status is not (null or HealthStatus.Healthy))?.Description;

    private static RunState State(string text, AskedEnd end) => text switch
    {
        "Running" => RunState.Running,
        Paused => RunState.Paused,
        "Starting" or "Building" => RunState.Starting,
        "Stopping" => RunState.Stopping,
        "Exited" or "Finished" or "Unknown" => end == AskedEnd.No ? RunState.Exited : RunState.Stopped,
        "FailedToStart" or "RuntimeUnhealthy" => RunState.Failed,
        _ => RunState.Waiting,
    };

    private static DateTimeOffset? Time(DateTime? at) => at is { } known ? new DateTimeOffset(known.ToUniversalTime(), TimeSpan.Zero) : null;

    private static Dictionary<string, int> Ports(LabResource resource) => resource.Ports.ToDictionary(p => p.Name, p => p.Number, StringComparer.Ordinal);
}
