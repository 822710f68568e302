using System.Net;
using CdcLab.Runtime.Standalone.Fetching;
using Docker.DotNet;
using Docker.DotNet.Models;

namespace CdcLab.Runtime.Engine;

/// <summary>The container engine of this machine, by its own API.</summary>
public sealed class ContainerEngine : IDisposable
{
    // Where none listens, that is known at once; one that listens may be on a very busy machine.
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(20);

    private ContainerEngine(Uri endpoint)
    {
        Endpoint = endpoint;
        Client = new DockerClientBuilder().WithEndpoint(endpoint).Build();
    }

    /// <summary>Where it listens.</summary>
    public Uri Endpoint { get; }

    internal DockerClient Client { get; }

    /// <summary>The engine that Docker's own tools would use; nothing is asked yet.</summary>
    /// <returns>The engine, there or not.</returns>
    /// <exception cref="UnavailableException"><c>DOCKER_HOST</c> is no address of this machine.</exception>
    public static ContainerEngine Find() => new(EngineEndpoint.Find(Environment.GetEnvironmentVariable));

    /// <summary>Asks whether it answers, and what it can do.</summary>
    /// <param name="cancellationToken">Gives it up.</param>
    /// <param name="without">What else can be done than to have an engine, for the message; null where that is the runtime that needs none.</param>
    /// <returns>What it says of itself.</returns>
    /// <exception cref="UnavailableException">It does not answer.</exception>
    public async Task<EngineFacts> AskAsync(CancellationToken cancellationToken, string? without = null)
    {
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(AnswerLimit);
        try
        {
            SystemInfoResponse info = await Client.System.GetSystemInfoAsync(limit.Token);
            return new(info.ServerVersion, info.MemoryLimit && info.SwapLimit);
        }
        catch (Exception silent) when (EngineFaults.IsSilence(silent))
        {
            throw EngineFaults.NoEngine(Endpoint, silent, without);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw EngineFaults.NoEngine(Endpoint, new TimeoutException($"no answer within {AnswerLimit.TotalSeconds:0} s"), without);
        }
        catch (DockerApiException refused)
        {
            throw new UnavailableException($"The container engine at {Endpoint} answers, but not what an engine answers ({EngineFaults.Said(refused)}).");
        }
    }

    /// <summary>What is free where the engine keeps its data, in bytes; null where this machine cannot see that.</summary>
    internal async Task<long?> FreeBytesAsync()
    {
        try
        {
            string root = (await Client.System.GetSystemInfoAsync(CancellationToken.None)).DockerRootDir;
            return Directory.Exists(root) ? new DriveInfo(root).AvailableFreeSpace : null;
        }
        catch (Exception unknown) when (unknown is DockerApiException or ArgumentException || EngineFaults.IsSilence(unknown))
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Client.Dispose();

    /// <summary>Makes a container and starts it; one that cannot be started does not stay.</summary>
    /// <returns>Its id.</returns>
    internal async Task<string> StartAsync(CreateContainerParameters container, CancellationToken cancellationToken)
    {
        string id = (await Client.Containers.CreateContainerAsync(container, cancellationToken)).ID;
        try
        {
            await Client.Containers.StartContainerAsync(id, new ContainerStartParameters(), cancellationToken);
            return id;
        }
        catch (Exception)
        {
            await RemoveAsync(id, CancellationToken.None);
            throw;
        }
    }

    /// <summary>The state of a container; null where there is none.</summary>
    internal async Task<ContainerInspectResponse?> InspectAsync(string nameOrId, CancellationToken cancellationToken)
    {
        try
        {
            return await Client.Containers.InspectContainerAsync(nameOrId, cancellationToken);
        }
        catch (DockerContainerNotFoundException)
        {
            return null;
        }
    }

    /// <summary>Sends a signal; a container that does not run is no fault.</summary>
    internal Task KillAsync(string id, string signal, CancellationToken cancellationToken) =>
        UnlessGoneAsync(() => Client.Containers.KillContainerAsync(id, new ContainerKillParameters { Signal = signal }, cancellationToken));

    /// <summary>Freezes every process of a container.</summary>
    internal Task PauseAsync(string id, CancellationToken cancellationToken) => UnlessGoneAsync(() => Client.Containers.PauseContainerAsync(id, cancellationToken));

    /// <summary>Lets a frozen container go on; one that is not frozen is no fault.</summary>
    internal Task ResumeAsync(string id, CancellationToken cancellationToken) => UnlessGoneAsync(() => Client.Containers.UnpauseContainerAsync(id, cancellationToken));

    /// <summary>Removes a container with its unnamed volumes, running or not.</summary>
    internal async Task RemoveAsync(string id, CancellationToken cancellationToken)
    {
        try
        {
            await Client.Containers.RemoveContainerAsync(id, new ContainerRemoveParameters { Force = true, RemoveVolumes = true }, cancellationToken);
        }
        catch (DockerApiException gone) when (gone.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.Conflict)
        {
            // It has gone meanwhile, or is being removed by somebody else, which is as good.
        }
    }

    private static async Task UnlessGoneAsync(Func<Task> action)
    {
        try
        {
            await action();
        }
        catch (DockerApiException gone) when (gone.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.Conflict || EngineFaults.Said(gone).Contains("is not paused", StringComparison.Ordinal))
        {
            // It has ended, or is already as it should be.
        }
    }
}
