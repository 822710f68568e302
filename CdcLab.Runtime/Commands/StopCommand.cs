using CdcLab.Model;
using CdcLab.Model.Live;
using CdcLab.Runtime.View;

namespace CdcLab.Runtime.Commands;

/// <summary>Stops a server or service cleanly.</summary>
public sealed class StopCommand() : ServerCommandOfLab(ServerCommand.Stop)
{
    /// <inheritdoc/>
    public override string Icon => "Stop";

    /// <inheritdoc/>
    public override bool IsHighlighted(string resource) => true;

    /// <inheritdoc/>
    public override string Describe(LabSnapshot lab, string resource)
    {
        ArgumentNullException.ThrowIfNull(lab);
        return $"SIGTERM to {resource}, and SIGKILL if it has not ended after {ResourceOf(lab, resource).StopGrace.TotalSeconds:0} s.";
    }

    /// <inheritdoc/>
    public override string? Confirmation(LabSnapshot lab, string resource) => $"Stop {resource}? {Consequence.OfLosing(lab, resource)} It stays down until it is started.";

    /// <inheritdoc/>
    protected override CommandAvailability Availability(LabSnapshot lab, LabResource resource, ResourceState state) => In(state, RunState.Running, RunState.Paused);

    /// <inheritdoc/>
    protected override string Said(ResourceState after)
    {
        ArgumentNullException.ThrowIfNull(after);
        return $"{after.Name} is stopped.";
    }
}
