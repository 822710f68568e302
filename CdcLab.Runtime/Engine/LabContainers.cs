using CdcLab.Clients.Kafka;
using CdcLab.Model;
using CdcLab.Model.Live;
using CdcLab.Runtime.Engine.Probes;
using CdcLab.Runtime.Standalone;
using CdcLab.Runtime.Standalone.Data;
using CdcLab.Runtime.Standalone.Fetching;
using Docker.DotNet;
using Docker.DotNet.Models;

namespace CdcLab.Runtime.Engine;

/// <summary>The containers of one lab, by their resources' names, for a host that has somebody else create and start them.</summary>
/// <param name="engine">The engine; not disposed of.</param>
/// <param name="model">The lab.</param>
/// <param name="directory">Its data directory.</param>
/// <param name="secrets">Its passwords.</param>
public sealed class LabContainers(ContainerEngine engine, LabModel model, DataDirectory directory, LabSecrets secrets)
{
    private readonly LabIdentity _lab = LabIdentity.Of(model.Options.Name, directory);
    private readonly LabVolumes _volumes = new(new LabParts(engine, directory.Path), LabIdentity.Of(model.Options.Name, directory), model);

    /// <summary>The labels that a container carries, by which the next start knows what a killed host left.</summary>
    /// <param name="model">The lab.</param>
    /// <param name="dataDirectory">Its data directory's path.</param>
    /// <param name="resource">The resource's name.</param>
    /// <returns>Names and values.</returns>
    public static IReadOnlyDictionary<string, string> Labels(LabModel model, string dataDirectory, string resource)
    {
        ArgumentNullException.ThrowIfNull(model);
        return new LabIdentity(model.Options.Name, dataDirectory).Labels(resource);
    }

    /// <summary>Sees to it that nobody else has a name of the lab's containers, and removes those that a killed host of this data directory left.</summary>
    /// <param name="engine">The engine.</param>
    /// <param name="model">The lab.</param>
    /// <param name="directory">Its data directory.</param>
    /// <param name="events">Who wants to know.</param>
    /// <param name="cancellationToken">Gives it up.</param>
    /// <returns>A task.</returns>
    /// <exception cref="UnavailableException">A name is taken, or the engine refuses.</exception>
    public static Task FreeNamesAsync(ContainerEngine engine, LabModel model, DataDirectory directory, ILabEvents events, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(engine);
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(directory);
        ArgumentNullException.ThrowIfNull(events);
        LabIdentity lab = LabIdentity.Of(model.Options.Name, directory);
        string[] names = [.. model.Resources.Where(r => r.Kind == ResourceKind.Server).Select(r => lab.Container(r.Name))];
        return PreparedAsync(engine, () => new LabParts(engine, directory.Path).FreeNamesAsync(names, events, cancellationToken));
    }

    /// <summary>Makes the named volumes that are not there.</summary>
    /// <param name="cancellationToken">Gives it up.</param>
    /// <returns>A task.</returns>
    /// <exception cref="UnavailableException">One belongs to another lab, or knows another password.</exception>
    public Task EnsureVolumesAsync(CancellationToken cancellationToken) => PreparedAsync(engine, () => _volumes.EnsureAsync(secrets.Root, cancellationToken));

    /// <summary>Waits until a server may be launched: a broker's former self must have lost its registration.</summary>
    /// <param name="resource">The server.</param>
    /// <param name="cancellationToken">Gives it up.</param>
    /// <returns>A task.</returns>
    public Task BeforeLaunchAsync(LabResource resource, CancellationToken cancellationToken) => Probe(resource).BeforeLaunchAsync(cancellationToken);

    /// <summary>Brings about what must be there at every start of a server, once it answers: MySQL's users, grants and tables.</summary>
    /// <param name="resource">The server.</param>
    /// <param name="cancellationToken">Gives it up.</param>
    /// <returns>One line for each change.</returns>
    public Task<IReadOnlyList<string>> ConvergeAsync(LabResource resource, CancellationToken cancellationToken) => Probe(resource).ConvergeAsync(cancellationToken);

    /// <summary>The version that a server tells.</summary>
    /// <param name="resource">The server.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Null where it tells none.</returns>
    public Task<string?> VersionAsync(LabResource resource, CancellationToken cancellationToken) => Probe(resource).AskAsync(cancellationToken);

    /// <summary>Sends SIGKILL.</summary>
    /// <param name="resource">The resource's name.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>A task.</returns>
    /// <exception cref="LabControlException">The engine refuses or does not answer.</exception>
    public Task KillAsync(string resource, CancellationToken cancellationToken) => DoAsync(() => engine.KillAsync(_lab.Container(resource), "SIGKILL", cancellationToken));

    /// <summary>Freezes every process of it.</summary>
    /// <param name="resource">The resource's name.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>A task.</returns>
    /// <exception cref="LabControlException">The engine refuses or does not answer.</exception>
    public Task PauseAsync(string resource, CancellationToken cancellationToken) => DoAsync(() => engine.PauseAsync(_lab.Container(resource), cancellationToken));

    /// <summary>Lets a frozen one go on.</summary>
    /// <param name="resource">The resource's name.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>A task.</returns>
    /// <exception cref="LabControlException">The engine refuses or does not answer.</exception>
    public Task ResumeAsync(string resource, CancellationToken cancellationToken) => DoAsync(() => engine.ResumeAsync(_lab.Container(resource), cancellationToken));

    /// <summary>Sends SIGTERM, and SIGKILL after the grace; one that does not run is no fault.</summary>
    /// <param name="resource">The resource's name.</param>
    /// <param name="grace">How long it has.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>A task that is done when it has ended.</returns>
    /// <exception cref="LabControlException">The engine refuses or does not answer.</exception>
    public Task StopAsync(string resource, TimeSpan grace, CancellationToken cancellationToken) => DoAsync(async () =>
    {
        try
        {
            await engine.Client.Containers.StopContainerAsync(_lab.Container(resource), new ContainerStopParameters { WaitBeforeKillSeconds = (uint)grace.TotalSeconds }, cancellationToken);
        }
        catch (DockerContainerNotFoundException)
        {
            // It was never made, or is gone.
        }
    });

    /// <summary>Waits until no container of the lab is left, and after the limit removes what is.</summary>
    /// <param name="limit">How long whoever made them has to take them away.</param>
    /// <returns>A task that is done when none is left, or the engine does not answer.</returns>
    public async Task GoneAsync(TimeSpan limit)
    {
        DateTime deadline = DateTime.UtcNow + limit;
        LabParts parts = new(engine, directory.Path);
        try
        {
            while (DateTime.UtcNow < deadline && (await parts.ContainersAsync(CancellationToken.None)).Count > 0)
                await Task.Delay(200);
            await parts.RemoveContainersAsync(CancellationToken.None);
        }
        catch (Exception silent) when (silent is DockerApiException || EngineFaults.IsSilence(silent))
        {
            // The next start of this data directory removes what is left.
        }
    }

    /// <summary>Whether the kernel ended it for its memory cap.</summary>
    /// <param name="resource">The resource's name.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Whether it did; false where nobody can tell.</returns>
    public async Task<bool> WasKilledForItsCapAsync(string resource, CancellationToken cancellationToken) => (await InspectAsync(resource, cancellationToken))?.State is { OOMKilled: true };

    /// <summary>Looks whether it is frozen, and at its memory.</summary>
    /// <param name="resource">The server.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Null each where nobody can tell; no memory where it does not run.</returns>
    public async Task<(bool? IsPaused, MemoryFigures? Memory)> LookAsync(LabResource resource, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(resource);
        return await InspectAsync(resource.Name, cancellationToken) is { State: { Running: true } state } container
            ? (state.Paused, await ContainerMemory.ReadAsync(engine, container.ID, state.Pid, resource.MemoryCapBytes!.Value, cancellationToken))
            : (null, null);
    }

    /// <summary>Asks every broker on INTERNAL, from inside the network that they are on.</summary>
    /// <param name="cancellationToken">Gives it up.</param>
    /// <returns>One answer for each broker.</returns>
    /// <exception cref="LabControlException">It cannot be looked.</exception>
    public async Task<IReadOnlyList<ListenerAnswer>> AskInsideAsync(CancellationToken cancellationToken)
    {
        foreach (KafkaBroker broker in model.Kafka.Brokers)
        {
            if ((await InspectAsync(broker.Name, cancellationToken))?.NetworkSettings?.Networks?.Keys.FirstOrDefault() is { } network)
                return await InternalListeners.AskAsync(engine, _lab, network, model, cancellationToken);
        }

        throw new LabControlException("No broker has a container, so there is no network to ask from.");
    }

    private async Task<ContainerInspectResponse?> InspectAsync(string resource, CancellationToken cancellationToken)
    {
        try
        {
            return await engine.InspectAsync(_lab.Container(resource), cancellationToken);
        }
        catch (Exception silent) when (silent is DockerApiException || EngineFaults.IsSilence(silent))
        {
            return null;
        }
    }

    private ContainerProbe Probe(LabResource resource) => ContainerProbe.Of(resource, model, secrets, _volumes.FinishedMark);

    private static async Task DoAsync(Func<Task> action)
    {
        try
        {
            await action();
        }
        catch (DockerApiException refused)
        {
            throw new LabControlException($"The container engine refuses: {EngineFaults.Said(refused)}.");
        }
        catch (Exception silent) when (EngineFaults.IsSilence(silent))
        {
            throw new LabControlException($"The container engine does not answer ({EngineFaults.Words(silent)}).");
        }
    }

    private static async Task PreparedAsync(ContainerEngine engine, Func<Task> action)
    {
        try
        {
            await action();
        }
        catch (DockerApiException refused)
        {
            throw EngineFaults.NotPrepared(refused);
        }
        catch (Exception silent) when (EngineFaults.IsSilence(silent))
        {
            throw EngineFaults.NoEngine(engine.Endpoint, silent);
        }
    }
}
