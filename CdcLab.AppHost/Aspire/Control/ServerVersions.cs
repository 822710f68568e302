using System.Collections.Concurrent;
using CdcLab.Model;
using CdcLab.Runtime.Engine;

namespace CdcLab.AppHost.Aspire.Control;

/// <summary>The versions that the servers themselves tell: asked once for each container.</summary>
internal sealed class ServerVersions(LabContainers containers)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(2);

    private readonly ConcurrentDictionary<string, (string? ContainerId, string? Version)> _known = new(StringComparer.Ordinal);

    /// <summary>What it told when it was asked last.</summary>
    public string? Known(string resource) => _known.GetValueOrDefault(resource).Version;

    /// <summary>Asks a server that answers, unless this container of it was asked before.</summary>
    /// <returns>Null where it tells none, or did not answer in time.</returns>
    public async Task<string?> AskAsync(LabResource resource, string? containerId, CancellationToken cancellationToken)
    {
        if (_known.TryGetValue(resource.Name, out (string? ContainerId, string? Version) known) && known.ContainerId == containerId)
            return known.Version;
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Limit);
        try
        {
            string? version = await containers.VersionAsync(resource, limit.Token);
            _known[resource.Name] = (containerId, version);
            return version;
        }
        catch (Exception) when (!cancellationToken.IsCancellationRequested)
        {
            // It is asked again at the next look; that it does not answer is told by its health.
            return null;
        }
    }
}
