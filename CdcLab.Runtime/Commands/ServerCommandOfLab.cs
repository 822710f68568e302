using CdcLab.Model;
using CdcLab.Model.Live;
using CdcLab.Runtime.View;

namespace CdcLab.Runtime.Commands;

/// <summary>A command on a server or service, which the lab's host carries out.</summary>
/// <param name="command">What the host is asked for.</param>
public abstract class ServerCommandOfLab(ServerCommand command) : LabCommand
{
    /// <inheritdoc/>
    public override string Name => command.ToString().ToLowerInvariant();

    /// <inheritdoc/>
    public override string DisplayName => command.ToString();

    /// <inheritdoc/>
    public override bool AppliesTo(LabModel model, string resource)
    {
        ArgumentNullException.ThrowIfNull(model);
        return model.Resources.Any(r => r.Name == resource);
    }

    /// <inheritdoc/>
    public override CommandAvailability Availability(LabSnapshot lab, string resource)
    {
        ArgumentNullException.ThrowIfNull(lab);
        return Availability(lab, ResourceOf(lab, resource), lab.StateOf(ResourceOf(lab, resource)));
    }

    /// <inheritdoc/>
    public override async Task<CommandOutcome> ExecuteAsync(CommandCall call, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(call);
        ResourceState after = await call.Control.ExecuteAsync(call.Resource, command, cancellationToken);
        return CommandOutcome.Done(Said(after));
    }

    /// <summary>Whether it makes sense in a state.</summary>
    /// <param name="lab">The lab as it is.</param>
    /// <param name="resource">The server or service.</param>
    /// <param name="state">Its state.</param>
    /// <returns>Whether it does.</returns>
    protected abstract CommandAvailability Availability(LabSnapshot lab, LabResource resource, ResourceState state);

    /// <summary>What is so after it.</summary>
    /// <param name="after">The state after it.</param>
    /// <returns>One sentence.</returns>
    protected abstract string Said(ResourceState after);

    /// <summary>A server or service by its name.</summary>
    private protected static LabResource ResourceOf(LabSnapshot lab, string name) => lab.Model.Resources.First(r => r.Name == name);

    /// <summary>Enabled in some states, and not shown in the others.</summary>
    private protected static CommandAvailability In(ResourceState state, params RunState[] states) =>
        states.Contains(state.State) ? CommandAvailability.Enabled : CommandAvailability.Hidden;
}
