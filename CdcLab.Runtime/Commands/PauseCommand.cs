using CdcLab.Model;
using CdcLab.Model.Live;
using CdcLab.Runtime.View;

namespace CdcLab.Runtime.Commands;

/// <summary>Freezes a server or service: it keeps its connections and answers nothing.</summary>
public sealed class PauseCommand() : ServerCommandOfLab(ServerCommand.Pause)
{
    /// <inheritdoc/>
    public override string Icon => "Pause";

    /// <inheritdoc/>
    public override string Describe(LabSnapshot lab, string resource) => $"SIGSTOP to {resource}: it keeps its connections and answers nothing, so others wait for their time-outs.";

    /// <inheritdoc/>
    public override string? Confirmation(LabSnapshot lab, string resource) => $"Pause {resource} (SIGSTOP)? {Consequence.OfLosing(lab, resource)} It answers nothing until it is resumed.";

    /// <inheritdoc/>
    protected override CommandAvailability Availability(LabSnapshot lab, LabResource resource, ResourceState state) => In(state, RunState.Running);

    /// <inheritdoc/>
    protected override string Said(ResourceState after)
    {
        ArgumentNullException.ThrowIfNull(after);
        return $"{after.Name} is paused.";
    }
}
