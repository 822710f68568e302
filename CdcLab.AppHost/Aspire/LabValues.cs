using CdcLab.Model;
using CdcLab.Model.Containers;
using CdcLab.Model.Live;
using CdcLab.Runtime.Standalone.Data;

namespace CdcLab.AppHost.Aspire;

/// <summary>What the lab's resources are made from.</summary>
/// <param name="Model">The picture.</param>
/// <param name="Abilities">What this lab is and can show.</param>
/// <param name="DataDirectory">Its data directory.</param>
/// <param name="Secrets">Its passwords and token; asked for only when something is started, so that a manifest needs none.</param>
internal sealed record LabValues(LabModel Model, LabAbilities Abilities, string DataDirectory, Func<LabSecrets> Secrets)
{
    /// <summary>What a server is as a container: the same for every host.</summary>
    public ContainerSpec ContainerOf(LabResource resource) => ContainerMapping.Of(Model).First(c => c.Resource.Name == resource.Name);

    /// <summary>The server or service of a name; null for what is neither.</summary>
    public LabResource? Find(string name) => Model.Resources.FirstOrDefault(r => r.Name == name);
}
