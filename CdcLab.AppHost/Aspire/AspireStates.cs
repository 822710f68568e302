using CdcLab.Model;
using CdcLab.Model.Live;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace CdcLab.AppHost.Aspire;

/// <summary>Aspire's words for a state, in the lab's.</summary>
internal static class AspireStates
{
    public static bool IsEnded(string state) => KnownResourceStates.TerminalStates.Contains(state) || state == "Unknown";

    public static ResourceState Unknown(LabResource resource) => new()
    {
        Name = resource.Name,
        Kind = resource.Kind,
        State = RunState.Waiting,
        WaitsFor = resource.WaitsFor,
        Ports = Ports(resource),
    };

    public static ResourceState Of(LabResource resource, CustomResourceSnapshot snapshot, bool paused, bool asked)
    {
        string text = snapshot.State?.Text ?? KnownResourceStates.NotStarted;
        RunState state = paused && !IsEnded(text) ? RunState.Paused : State(text, asked);
        bool runs = state is RunState.Running or RunState.Paused or RunState.Starting;
        return new()
        {
            Name = resource.Name,
            Kind = resource.Kind,
            State = state,
            Answers = state == RunState.Running && snapshot.HealthStatus is { } health ? health == HealthStatus.Healthy : null,
            WaitsFor = state == RunState.Waiting ? resource.WaitsFor : [],
            ContainerId = snapshot.Properties.FirstOrDefault(p => p.Name == "container.id")?.Value as string,
            StartedAt = Time(snapshot.StartTimeStamp),
            EndedAt = runs ? null : Time(snapshot.StopTimeStamp),
            ExitCode = runs ? null : snapshot.ExitCode,
            Ports = Ports(resource),
            Because = snapshot.HealthReports.FirstOrDefault(r => r.Status is not (null or HealthStatus.Healthy))?.Description,
        };
    }

    /// <summary>The process that Aspire knows of a service: the <c>dotnet run</c> around it.</summary>
    public static int? WrapperPid(CustomResourceSnapshot snapshot) => snapshot.Properties.FirstOrDefault(p => p.Name == "executable.pid")?.Value as int?;

    private static RunState State(string text, bool asked) => text switch
    {
        "Running" => RunState.Running,
        "Starting" or "Building" => RunState.Starting,
        "Stopping" => RunState.Stopping,
        "Exited" or "Finished" or "Unknown" => asked ? RunState.Stopped : RunState.Exited,
        "FailedToStart" or "RuntimeUnhealthy" => RunState.Failed,
        _ => RunState.Waiting,
    };

    private static DateTimeOffset? Time(DateTime? at) => at is { } known ? new DateTimeOffset(known.ToUniversalTime(), TimeSpan.Zero) : null;

    private static Dictionary<string, int> Ports(LabResource resource) => resource.Ports.ToDictionary(p => p.Name, p => p.Number, StringComparer.Ordinal);
}
