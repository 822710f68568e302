using CdcLab.Clients.Kafka;
using CdcLab.Model.Live;
using CdcLab.Model.Options;
using CdcLab.Runtime.Standalone.Containers;
using CdcLab.Runtime.Standalone.Data;
using CdcLab.Runtime.Standalone.Servers;

namespace CdcLab.Runtime.Standalone;

/// <summary>What the servers of one lab run as. The services are processes in every runtime.</summary>
internal abstract class ServerRuntime
{
    /// <summary>What this lab is and can show; known once it is prepared.</summary>
    public abstract LabAbilities Abilities { get; }

    /// <summary>One line for people on what was found: versions, and where they come from.</summary>
    public abstract string Description { get; }

    /// <summary>Gets everything that the servers need onto this machine (programs or images), and admits it to the data that is there.</summary>
    /// <param name="stamp">What made the data.</param>
    /// <param name="cancellationToken">Gives it up.</param>
    /// <returns>The stamp of what is about to run.</returns>
    public abstract Task<Stamp> PrepareAsync(Stamp stamp, CancellationToken cancellationToken);

    /// <summary>The lab's servers, in the order of the picture.</summary>
    /// <returns>One for each server of the model; the services are not among them.</returns>
    public abstract IReadOnlyList<RunnableServer> Servers();

    /// <summary>The id of the Kafka cluster, once the lab is up; null where it is not known.</summary>
    /// <returns>The id.</returns>
    public abstract string? ClusterId();

    /// <summary>Asks every broker on INTERNAL from where containers are, for a runtime in which this machine itself cannot.</summary>
    /// <param name="cancellationToken">Gives it up.</param>
    /// <returns>One answer for each broker.</returns>
    /// <exception cref="LabControlException">It cannot be looked, or need not.</exception>
    public virtual Task<IReadOnlyList<ListenerAnswer>> AskInsideAsync(CancellationToken cancellationToken) =>
        throw new LabControlException("In this lab INTERNAL is on loopback: ask the brokers there.");

    /// <summary>Takes away what was made for this run of the lab. Everything was stopped before.</summary>
    /// <returns>A task.</returns>
    public abstract Task RemoveAsync();

    /// <summary>The runtime that a plan asks for.</summary>
    public static ServerRuntime Of(LabPlan plan, LabSecrets secrets, RunFile runFile, ILabEvents events) => plan.Runtime switch
    {
        LabRuntimeKind.Embedded => new EmbeddedRuntime(plan, secrets, runFile, events),
        LabRuntimeKind.Container => new ContainerRuntime(plan, secrets, events),
        _ => throw new ArgumentOutOfRangeException(nameof(plan), plan.Runtime, "Not a runtime of a plan."),
    };
}
