using CdcLab.Model;
using CdcLab.Model.Live;
using CdcLab.Runtime.View;

namespace CdcLab.Runtime.Commands;

/// <summary>Stops a server or service cleanly and starts it again.</summary>
public sealed class RestartCommand() : ServerCommandOfLab(ServerCommand.Restart)
{
    /// <inheritdoc/>
    public override string Icon => "ArrowCounterclockwise";

    /// <inheritdoc/>
    public override string Describe(LabSnapshot lab, string resource) => $"Stops {resource} cleanly, starts it, and waits until it answers.";

    /// <inheritdoc/>
    public override string? Confirmation(LabSnapshot lab, string resource) => $"Restart {resource}? Until it is back: {Consequence.OfLosing(lab, resource)}";

    /// <inheritdoc/>
    protected override CommandAvailability Availability(LabSnapshot lab, LabResource resource, ResourceState state) => In(state, RunState.Running, RunState.Paused);

    /// <inheritdoc/>
    protected override string Said(ResourceState after)
    {
        ArgumentNullException.ThrowIfNull(after);
        return $"{after.Name} was restarted and answers.";
    }
}
