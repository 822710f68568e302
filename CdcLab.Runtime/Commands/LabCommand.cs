using CdcLab.Model;
using CdcLab.Runtime.View;

namespace CdcLab.Runtime.Commands;

/// <summary>Something that a person can do to a resource of the lab, in any dashboard.</summary>
public abstract class LabCommand
{
    /// <summary>Its name, which no other command has.</summary>
    public abstract string Name { get; }

    /// <summary>Its name for people.</summary>
    public abstract string DisplayName { get; }

    /// <summary>The name of its FluentUI icon.</summary>
    public abstract string Icon { get; }

    /// <summary>Whether a resource has it at all.</summary>
    /// <param name="model">The lab.</param>
    /// <param name="resource">The resource's name.</param>
    /// <returns>Whether it has.</returns>
    public abstract bool AppliesTo(LabModel model, string resource);

    /// <summary>Whether it makes sense now.</summary>
    /// <param name="lab">The lab as it is.</param>
    /// <param name="resource">The resource's name.</param>
    /// <returns>Whether it does.</returns>
    public abstract CommandAvailability Availability(LabSnapshot lab, string resource);

    /// <summary>What it does, for people.</summary>
    /// <param name="lab">The lab as it is.</param>
    /// <param name="resource">The resource's name.</param>
    /// <returns>One sentence.</returns>
    public abstract string Describe(LabSnapshot lab, string resource);

    /// <summary>What is asked before something breaks.</summary>
    /// <param name="lab">The lab as it is.</param>
    /// <param name="resource">The resource's name.</param>
    /// <returns>The question; null where nothing breaks.</returns>
    public virtual string? Confirmation(LabSnapshot lab, string resource) => null;

    /// <summary>Whether it is a button in the row of a resource.</summary>
    /// <param name="resource">The resource's name.</param>
    /// <returns>Whether it is.</returns>
    public virtual bool IsHighlighted(string resource) => false;

    /// <summary>Does it. What goes wrong is an exception whose message is for the person who chose it.</summary>
    /// <param name="call">On what.</param>
    /// <param name="cancellationToken">Ends the wait, not what was begun.</param>
    /// <returns>What came of it.</returns>
    public abstract Task<CommandOutcome> ExecuteAsync(CommandCall call, CancellationToken cancellationToken);

    /// <summary>The command as it stands beside a resource now.</summary>
    internal CommandView ViewOf(LabSnapshot lab, string resource) =>
        new(Name, DisplayName, Describe(lab, resource), Confirmation(lab, resource), Icon, IsHighlighted(resource), Availability(lab, resource));
}
