using CdcLab.Model.Containers;
using CdcLab.Runtime.Standalone.Data;

namespace CdcLab.Runtime.Engine;

/// <summary>Which lab a container, network or volume belongs to: by its labels, which nobody else's carry.</summary>
/// <param name="Name">The lab's name.</param>
/// <param name="DataDirectory">Its data directory.</param>
internal sealed record LabIdentity(string Name, string DataDirectory)
{
    /// <summary>The label that holds the data directory.</summary>
    public const string DirectoryLabel = "cdclab.data-directory";

    /// <summary>The label that holds the lab's name.</summary>
    public const string LabLabel = "cdclab.lab";

    /// <summary>The label that holds the resource's name.</summary>
    public const string ResourceLabel = "cdclab.resource";

    /// <summary>The identity of a lab.</summary>
    public static LabIdentity Of(string name, DataDirectory directory) => new(name, directory.Path);

    /// <summary>The name of its network.</summary>
    public string Network => ContainerNames.Lab(Name);

    /// <summary>The name of a resource's container.</summary>
    public string Container(string resource) => ContainerNames.Of(Name, resource);

    /// <summary>The name of a volume.</summary>
    public string Volume(string volume) => ContainerNames.Of(Name, volume);

    /// <summary>The labels of what is made for it.</summary>
    /// <param name="resource">The resource; null for what belongs to none.</param>
    public Dictionary<string, string> Labels(string? resource = null)
    {
        Dictionary<string, string> labels = new(StringComparer.Ordinal) { [DirectoryLabel] = DataDirectory, [LabLabel] = Name };
        if (resource is not null)
            labels[ResourceLabel] = resource;
        return labels;
    }
}
