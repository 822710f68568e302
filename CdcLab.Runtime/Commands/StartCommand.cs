using CdcLab.Model;
using CdcLab.Model.Live;
using CdcLab.Runtime.View;

namespace CdcLab.Runtime.Commands;

/// <summary>Starts what does not run, and waits until it answers.</summary>
public sealed class StartCommand() : ServerCommandOfLab(ServerCommand.Start)
{
    /// <inheritdoc/>
    public override string Icon => "Play";

    /// <inheritdoc/>
    public override bool IsHighlighted(string resource) => true;

    /// <inheritdoc/>
    public override string Describe(LabSnapshot lab, string resource)
    {
        ArgumentNullException.ThrowIfNull(lab);
        return Missing(lab, ResourceOf(lab, resource)) is { } missing ? $"{resource} needs {missing}, which does not run: start {missing} first." : $"Starts {resource} and waits until it answers.";
    }

    /// <inheritdoc/>
    protected override CommandAvailability Availability(LabSnapshot lab, LabResource resource, ResourceState state)
    {
        ArgumentNullException.ThrowIfNull(lab);
        ArgumentNullException.ThrowIfNull(resource);
        CommandAvailability down = In(state, RunState.Stopped, RunState.Exited, RunState.Failed);
        return down == CommandAvailability.Enabled && Missing(lab, resource) is not null ? CommandAvailability.Disabled : down;
    }

    /// <inheritdoc/>
    protected override string Said(ResourceState after)
    {
        ArgumentNullException.ThrowIfNull(after);
        return $"{after.Name} runs and answers.";
    }

    // A service looks again and again for what it needs; a broker without ZooKeeper would only wait for its time-out.
    private static string? Missing(LabSnapshot lab, LabResource resource) => resource.Kind == ResourceKind.Service
        ? null
        : resource.WaitsFor.FirstOrDefault(name => lab.StateOf(ResourceOf(lab, name)).State is not (RunState.Running or RunState.Paused or RunState.Starting));
}
