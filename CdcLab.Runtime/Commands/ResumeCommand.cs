using CdcLab.Model;
using CdcLab.Model.Live;
using CdcLab.Runtime.View;

namespace CdcLab.Runtime.Commands;

/// <summary>Lets a paused server or service go on.</summary>
public sealed class ResumeCommand() : ServerCommandOfLab(ServerCommand.Resume)
{
    /// <inheritdoc/>
    public override string Icon => "Play";

    /// <inheritdoc/>
    public override bool IsHighlighted(string resource) => true;

    /// <inheritdoc/>
    public override string Describe(LabSnapshot lab, string resource) => $"SIGCONT to {resource}: it goes on where it was.";

    /// <inheritdoc/>
    protected override CommandAvailability Availability(LabSnapshot lab, LabResource resource, ResourceState state) => In(state, RunState.Paused);

    /// <inheritdoc/>
    protected override string Said(ResourceState after)
    {
        ArgumentNullException.ThrowIfNull(after);
        return $"{after.Name} goes on.";
    }
}
