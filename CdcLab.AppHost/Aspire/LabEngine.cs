using System.Net.Sockets;
using CdcLab.Model.Live;
using CdcLab.Runtime;
using CdcLab.Runtime.Standalone.Fetching;
using Docker.DotNet;
using Docker.DotNet.Models;

namespace CdcLab.AppHost.Aspire;

/// <summary>The container engine, by its own API: what Aspire neither does (kill, pause, a grace of our own) nor asks (is it there, who has our names).</summary>
internal sealed class LabEngine : IDisposable
{
    /// <summary>The label by which a container says whose it is.</summary>
    public const string DirectoryLabel = "cdclab.data-directory";

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);
    private readonly DockerClient _client = new DockerClientBuilder().Build();

    /// <summary>Asks whether it answers.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Its version.</returns>
    /// <exception cref="UnavailableException">It does not.</exception>
    public async Task<string> VersionAsync(CancellationToken cancellationToken)
    {
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Limit);
        try
        {
            VersionResponse version = await _client.System.GetVersionAsync(limit.Token);
            return version.Version;
        }
        catch (Exception silent) when (silent is HttpRequestException or SocketException or IOException or TimeoutException or DockerApiException or UnauthorizedAccessException || (silent is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            throw new UnavailableException($"No container engine answers ({silent.GetBaseException().Message.TrimEnd('.')}), and an Aspire application runs the lab as containers only: start the engine, set DOCKER_HOST to where it listens, or go back to the host that needs none with 'use standalone'.");
        }
    }

    /// <summary>The containers of these names, running or not.</summary>
    /// <param name="names">The names.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Name, id, state and the data directory that it says it is of.</returns>
    public async Task<IReadOnlyList<(string Name, string Id, string State, string? DataDirectory)>> FindAsync(IReadOnlyCollection<string> names, CancellationToken cancellationToken)
    {
        IList<ContainerListResponse> all = await _client.Containers.ListContainersAsync(new ContainersListParameters { All = true }, cancellationToken);
        return
        [
            .. from container in all
               from name in container.Names.Select(n => n.TrimStart('/'))
               where names.Contains(name, StringComparer.Ordinal)
               select (name, container.ID, container.State.ToString().ToLowerInvariant(), container.Labels?.TryGetValue(DirectoryLabel, out string? directory) == true ? directory : null),
        ];
    }

    /// <summary>Removes a container with its unnamed volumes, running or not.</summary>
    public async Task RemoveAsync(string id, CancellationToken cancellationToken)
    {
        try
        {
            await _client.Containers.RemoveContainerAsync(id, new ContainerRemoveParameters { Force = true, RemoveVolumes = true }, cancellationToken);
        }
        catch (DockerApiException gone) when (gone is DockerContainerNotFoundException || gone.StatusCode == System.Net.HttpStatusCode.Conflict)
        {
            // It has gone meanwhile, or is being removed by somebody else, which is as good.
        }
    }

    public Task KillAsync(string name, CancellationToken cancellationToken) => DoAsync(name, () => _client.Containers.KillContainerAsync(name, new ContainerKillParameters { Signal = "SIGKILL" }, cancellationToken));

    public Task PauseAsync(string name, CancellationToken cancellationToken) => DoAsync(name, () => _client.Containers.PauseContainerAsync(name, cancellationToken));

    public Task ResumeAsync(string name, CancellationToken cancellationToken) => DoAsync(name, () => _client.Containers.UnpauseContainerAsync(name, cancellationToken));

    /// <summary>SIGTERM, and SIGKILL after the grace. A container that does not run is no fault.</summary>
    public async Task StopAsync(string name, TimeSpan grace, CancellationToken cancellationToken)
    {
        try
        {
            await _client.Containers.StopContainerAsync(name, new ContainerStopParameters { WaitBeforeKillSeconds = (uint)grace.TotalSeconds }, cancellationToken);
        }
        catch (DockerContainerNotFoundException)
        {
            // Gone already.
        }
    }

    /// <summary>The memory of a container as it is now; null where it does not run.</summary>
    public async Task<MemoryFigures?> MemoryAsync(string name, long? cap, CancellationToken cancellationToken)
    {
        try
        {
            Read read = new();
            await _client.Containers.GetContainerStatsAsync(name, new ContainerStatsParameters { Stream = false, OneShot = true }, read, cancellationToken);
            if (read.Last?.MemoryStats is not { Stats: { } parts } memory)
                return null;

            // cgroup v2 says anon and file; v1 says rss and cache, of all below it as total_rss and total_cache.
            long? used = Part(parts, "anon") ?? Part(parts, "total_rss") ?? Part(parts, "rss");
            long? cache = Part(parts, "file") ?? Part(parts, "total_cache") ?? Part(parts, "cache");
            return new(used, cache, cap, memory.MaxUsage > 0 ? (long)memory.MaxUsage : null, null, CapEnforced: true);
        }
        catch (Exception gone) when (gone is DockerApiException or HttpRequestException or IOException)
        {
            return null;
        }
    }

    public void Dispose() => _client.Dispose();

    private static long? Part(IDictionary<string, ulong> parts, string name) => parts.TryGetValue(name, out ulong value) ? (long)value : null;

    private static async Task DoAsync(string name, Func<Task> action)
    {
        try
        {
            await action();
        }
        catch (DockerContainerNotFoundException)
        {
            throw new LabControlException($"The container {name} is gone.");
        }
        catch (DockerApiException refused)
        {
            throw new LabControlException($"The container engine refuses: {refused.ResponseBody?.Trim() ?? refused.Message}");
        }
    }

    private sealed class Read : IProgress<ContainerStatsResponse>
    {
        public ContainerStatsResponse? Last { get; private set; }

        public void Report(ContainerStatsResponse value) => Last = value;
    }
}
