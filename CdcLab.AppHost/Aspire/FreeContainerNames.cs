using CdcLab.Model;
using CdcLab.Model.Containers;
using CdcLab.Model.Live;
using CdcLab.Runtime.Standalone;
using CdcLab.Runtime.Standalone.Data;
using CdcLab.Runtime.Standalone.Fetching;

namespace CdcLab.AppHost.Aspire;

/// <summary>Sees to it that nobody has the names of the lab's containers: Aspire adopts whatever has one, with its old image and without caps, and removes it at the end.</summary>
internal static class FreeContainerNames
{
    /// <summary>Removes what a dead host of this data directory left, and refuses to go on when anything else has a name.</summary>
    /// <exception cref="UnavailableException">A name is taken.</exception>
    public static async Task EnsureAsync(LabEngine engine, LabModel model, DataDirectory directory, ILabEvents events, CancellationToken cancellationToken)
    {
        string[] names = [.. model.Resources.Where(r => r.Kind == ResourceKind.Server).Select(r => ContainerNames.Of(model.Options.Name, r.Name))];
        IReadOnlyList<(string Name, string Id, string State, string? DataDirectory)> found = await engine.FindAsync(names, cancellationToken);
        if (found.FirstOrDefault(f => f.DataDirectory != directory.Path) is { Name: { } name } other)
        {
            string whose = other.DataDirectory is null ? "is not this lab's" : $"belongs to the lab in {other.DataDirectory}";
            throw new UnavailableException($"A container named {name} ({other.State}) is there and {whose}: remove it ('docker rm -f {name}'), or give this lab another name with Lab:Name.");
        }

        foreach ((_, string id, _, _) in found)
            await engine.RemoveAsync(id, cancellationToken);
        if (found.Count > 0)
            events.Say($"Cleaned up after a host that was killed: {string.Join(", ", found.Select(f => f.Name))}.");
    }
}
