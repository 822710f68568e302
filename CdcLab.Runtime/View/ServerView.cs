using System.Globalization;
using CdcLab.Model;
using CdcLab.Model.Live;
using CdcLab.Model.Options;
using CdcLab.Runtime.Commands;

namespace CdcLab.Runtime.View;

/// <summary>One server or service as a dashboard shows it.</summary>
internal static class ServerView
{
    // A JVM that ends for SIGTERM says so with this code: asked to stop, it went as it should.
    private const int EndedForSigterm = 143;

    public static ResourceView Of(LabSnapshot lab, LabResource resource)
    {
        ResourceState state = lab.StateOf(resource);
        LaunchDetails? launch = lab.Launches.GetValueOrDefault(resource.Name);
        return new()
        {
            Name = resource.Name,
            Type = TypeOf(lab, resource),
            State = Name(state),
            StateStyle = state.State == RunState.Paused ? "warning" : null,
            Parent = resource.Parent,
            Icon = IconOf(resource),
            CreatedAt = lab.StartedAt,
            StartedAt = state.StartedAt,
            StoppedAt = state.EndedAt,
            SendsTelemetry = resource.Kind == ResourceKind.Service,
            Environment = [.. (launch?.Environment ?? []).Select(Masked)],
            Properties = [.. Properties(lab, resource, state, launch)],
            Urls = ViewUrls.Of(lab.Model, resource),
            Volumes = launch?.Volume is { } volume ? [new(volume, "data")] : [],
            Health = [.. OwnProbe(state), .. LabView.Verdicts(lab, resource.Name)],
            Relationships = [.. Relationships(resource)],
            Commands = LabCommands.ViewsOf(lab, resource.Name),
        };
    }

    /// <summary>Why a server does not serve, beginning with its name.</summary>
    public static string NotServing(ResourceState state) => $"{state.Name} {state.State switch
    {
        RunState.Exited => $"does not run: it ended by itself with {EndWords.Of(state.ExitCode)}",
        RunState.Stopped when state.Because == ResourceState.Killed => $"does not run: it was killed ({EndWords.Of(state.ExitCode)})",
        RunState.Stopped => "does not run: it was stopped",
        RunState.Failed => "does not run: it could not be started",
        RunState.Running when state.Answers == false => "runs, but does not answer",
        var other => $"is {other.ToString().ToLowerInvariant()}",
    }}";

    private static string Name(ResourceState state) => state.State switch
    {
        RunState.Waiting => state.WaitsFor.Count > 0 ? ViewStates.Waiting : ViewStates.NotStarted,
        RunState.Starting => ViewStates.Starting,
        RunState.Running => ViewStates.Running,
        RunState.Paused => ViewStates.Paused,
        RunState.Stopping => ViewStates.Stopping,
        RunState.Stopped => EndedAsAsked(state) ? ViewStates.Finished : ViewStates.Exited,
        RunState.Failed => ViewStates.FailedToStart,
        _ => ViewStates.Exited,
    };

    private static bool EndedAsAsked(ResourceState state) => state.Because != ResourceState.Killed && state.ExitCode is null or 0 or EndedForSigterm;

    // Taken out already by whoever launched it; a view of another host must not depend on that.
    private static LaunchVariable Masked(LaunchVariable variable) => variable.IsSecret ? variable with { Value = LaunchDetails.Masked } : variable;

    private static string TypeOf(LabSnapshot lab, LabResource resource) =>
        resource.Kind == ResourceKind.Service ? "Project" : lab.Model.Runtime == LabRuntimeKind.Container ? "Container" : "Executable";

    private static string IconOf(LabResource resource) => resource.Name switch
    {
        ResourceNames.MySql => "Database",
        ResourceNames.ZooKeeper => "Organization",
        ResourceNames.KafkaUi => "WindowDatabase",
        ResourceNames.OrderSimulator => "ArrowTrendingLines",
        ResourceNames.Verifier => "ShieldCheckmark",
        _ => "Server",
    };

    private static IEnumerable<PropertyView> Properties(LabSnapshot lab, LabResource resource, ResourceState state, LaunchDetails? launch)
    {
        if (state.Because is { } because)
            yield return new("lab.because", "Why", because);
        if (state is { State: RunState.Waiting, WaitsFor.Count: > 0 })
            yield return new(KnownProperties.WaitingFor, "Waits for", null, [.. state.WaitsFor]);
        if (state.ExitCode is { } code && state.State is RunState.Stopped or RunState.Exited or RunState.Failed)
        {
            // Under the known key 143 would be shown as a failure.
            yield return new(state.State == RunState.Stopped && EndedAsAsked(state) ? "lab.exitCode" : KnownProperties.ExitCode, "Exit code", code.ToString(CultureInfo.InvariantCulture));
        }

        if (state.OomKilled)
            yield return new("lab.oomKilled", "Ended for its memory cap", "yes, by the kernel");
        if (state.LastLines.Count > 0)
            yield return new("lab.lastLines", "Its last lines", string.Join(" | ", state.LastLines));
        if (state.Version is { } version)
            yield return new("lab.version", "Version", version);
        foreach (PropertyView property in ViewMemory.Of(state.Memory))
            yield return property;
        foreach (LabPort port in resource.Ports)
            yield return new($"port.{port.Name}", $"Port {port.Name}", $"{port.BindAddress}:{port.Number.ToString(CultureInfo.InvariantCulture)}");
        if (resource is KafkaBroker broker)
        {
            yield return new("kafka.internal", "Address INTERNAL", broker.InternalAddress);
            yield return new("kafka.external", "Address EXTERNAL", broker.ExternalAddress);
        }

        foreach (PropertyView property in resource.Name == ResourceNames.OrderSimulator ? ViewMarket.Of(lab.Market) : [])
            yield return property;
        if (state.Pid is { } pid)
            yield return new(KnownProperties.ProcessId, "Process ID", pid.ToString(CultureInfo.InvariantCulture));
        foreach (PropertyView property in launch is null ? [] : Launch(resource, state, launch))
            yield return property;
        foreach (PropertyView property in LabView.NotPossible(lab, resource.Name))
            yield return property;
    }

    private static IEnumerable<PropertyView> Launch(LabResource resource, ResourceState state, LaunchDetails launch)
    {
        if (launch.DataFolder is { } folder)
            yield return new("lab.dataFolder", "Data folder", folder);
        if (launch.Volume is { } volume)
            yield return new("lab.volume", "Data volume", volume);
        string[] arguments = [.. launch.Arguments.Select(a => a.IsSecret && !a.Text.Contains(LaunchDetails.Masked, StringComparison.Ordinal) ? LaunchDetails.Masked : a.Text)];
        if (launch.Image is { } image)
        {
            yield return new(KnownProperties.Image, "Image", image);
            if (state.ContainerId is { } id)
                yield return new(KnownProperties.ContainerId, "Container ID", id);
            if (arguments.Length > 0)
                yield return new(KnownProperties.ContainerArguments, "Arguments", null, arguments) { IsHighlighted = false };
        }

        if (launch.Program is null)
            yield break;
        (string program, arguments) = WithoutLoader(launch.Program, arguments);
        if (resource.Kind == ResourceKind.Service)
            yield return new(KnownProperties.Project, "Project path", program) { IsHighlighted = false };
        yield return new(KnownProperties.Program, "Executable path", program) { IsHighlighted = false };
        if (launch.WorkingDirectory is { } working)
            yield return new(KnownProperties.WorkingDirectory, "Working directory", working) { IsHighlighted = false };
        if (arguments.Length > 0)
            yield return new(KnownProperties.Arguments, "Executable arguments", null, arguments) { IsHighlighted = false };
    }

    // What was fetched with its own libraries runs through its own loader (ld-linux ... --argv0 NAME PROGRAM ...): what people look for is the program.
    private static (string Program, string[] Arguments) WithoutLoader(string program, string[] arguments) =>
        Path.GetFileName(program).StartsWith("ld-linux", StringComparison.Ordinal) && Array.IndexOf(arguments, "--argv0") is >= 0 and var at && at + 2 < arguments.Length
            ? (arguments[at + 2], arguments[(at + 3)..])
            : (program, arguments);

    private static IEnumerable<HealthReportView> OwnProbe(ResourceState state)
    {
        if (state.State == RunState.Running && state.Answers is { } answers)
            yield return new("answers", answers ? HealthView.Healthy : HealthView.Unhealthy, answers ? "its own probe answers" : "it runs, but its own probe gets no answer", null);
    }

    // What waits for every broker waits for the cluster: so the graph reads as the picture of the lab.
    private static IEnumerable<RelationshipView> Relationships(LabResource resource)
    {
        if (resource.Parent is { } parent)
            yield return new(parent, RelationshipView.Parent);
        string[] waitsFor = [.. resource.WaitsFor.Select(Whole).Distinct(StringComparer.Ordinal)];
        foreach (string other in waitsFor)
            yield return new(other, RelationshipView.WaitFor);
        string[] talksTo = resource.Name == ResourceNames.Verifier ? [.. waitsFor, ResourceNames.ZooKeeper, ResourceNames.OrderSimulator] : waitsFor;
        foreach (string other in talksTo)
            yield return new(other, RelationshipView.Reference);
    }

    private static string Whole(string name) => name.StartsWith(ResourceNames.Kafka + "-", StringComparison.Ordinal) && name != ResourceNames.KafkaUi ? ResourceNames.Kafka : name;
}
