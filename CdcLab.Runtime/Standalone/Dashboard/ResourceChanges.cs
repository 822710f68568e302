using CdcLab.Runtime.Standalone.Dashboard.Wire;
using CdcLab.Runtime.View;

namespace CdcLab.Runtime.Standalone.Dashboard;

/// <summary>What one reader of the resources has been sent: a slow one is told what is so now, not all that was so meanwhile.</summary>
/// <param name="say">Takes a line on a resource that cannot be sent.</param>
internal sealed class ResourceChanges(Action<string> say)
{
    private readonly Dictionary<string, Resource> _sent = new(StringComparer.Ordinal);
    private bool _begun;

    /// <summary>What to send now.</summary>
    /// <param name="views">All resources as they are.</param>
    /// <returns>All of them the first time, then what differs from what was sent; null for nothing.</returns>
    public WatchResourcesUpdate? Next(IReadOnlyList<ResourceView> views)
    {
        List<Resource> now = ToWire(views);
        List<WatchResourcesChange> changes = [];
        foreach (Resource gone in _sent.Values.Where(s => now.TrueForAll(n => n.Name != s.Name)).ToList())
        {
            _sent.Remove(gone.Name);
            changes.Add(new() { Delete = new() { ResourceName = gone.Name, ResourceType = gone.ResourceType } });
        }

        foreach (Resource resource in now)
        {
            if (resource.Equals(_sent.GetValueOrDefault(resource.Name)))
                continue;
            _sent[resource.Name] = resource;
            changes.Add(new() { Upsert = resource });
        }

        if (!_begun)
        {
            _begun = true;
            InitialResourceData all = new();
            all.Resources.Add(now);
            return new() { InitialData = all };
        }

        if (changes.Count == 0)
            return null;
        WatchResourcesUpdate update = new() { Changes = new() };
        update.Changes.Value.Add(changes);
        return update;
    }

    private List<Resource> ToWire(IReadOnlyList<ResourceView> views)
    {
        List<Resource> resources = [];
        foreach (ResourceView view in views)
        {
            try
            {
                if (resources.TrueForAll(r => r.Name != view.Name))
                    resources.Add(ResourceMapping.ToWire(view));
            }
            catch (MalformedResourceException malformed)
            {
                say(malformed.Message);
            }
        }

        return resources;
    }
}
