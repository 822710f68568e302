using CdcLab.Model;
using CdcLab.Model.Live;
using CdcLab.Runtime.View;

namespace CdcLab.Runtime.Commands;

/// <summary>Ends a server or service without a word: what a crash looks like to the others.</summary>
public sealed class KillCommand() : ServerCommandOfLab(ServerCommand.Kill)
{
    /// <inheritdoc/>
    public override string Icon => "Flash";

    /// <inheritdoc/>
    public override string Describe(LabSnapshot lab, string resource) => $"SIGKILL to {resource}: it ends at once, without cleaning up.";

    /// <inheritdoc/>
    public override string? Confirmation(LabSnapshot lab, string resource) => $"Kill {resource} (SIGKILL)? {Consequence.OfLosing(lab, resource)} It stays down until it is started.";

    /// <inheritdoc/>
    protected override CommandAvailability Availability(LabSnapshot lab, LabResource resource, ResourceState state) => In(state, RunState.Running, RunState.Paused);

    /// <inheritdoc/>
    protected override string Said(ResourceState after)
    {
        ArgumentNullException.ThrowIfNull(after);
        return $"{after.Name} was killed{(after.ExitCode is { } code ? $" (exit code {code})" : "")}.";
    }
}
