using System.Globalization;
using CdcLab.Model;
using CdcLab.Model.Containers;

namespace CdcLab.AppHost.Aspire;

/// <summary>What every container of the lab has, from its resource in the model.</summary>
internal static class LabContainerExtensions
{
    /// <summary>Image, fixed name, memory cap, bounded log and bind address.</summary>
    /// <typeparam name="T">The kind of container.</typeparam>
    /// <param name="container">The container.</param>
    /// <param name="values">The lab.</param>
    /// <param name="resource">What it is.</param>
    /// <returns>The container.</returns>
    public static IResourceBuilder<T> AsInModel<T>(this IResourceBuilder<T> container, LabValues values, LabResource resource)
        where T : ContainerResource
    {
        string cap = resource.MemoryCapBytes!.Value.ToString(CultureInfo.InvariantCulture);
        foreach (EndpointAnnotation endpoint in container.Resource.Annotations.OfType<EndpointAnnotation>())
        {
            endpoint.IsProxied = false;
            endpoint.TargetHost = resource.Ports[0].BindAddress;
        }

        return container
            // Exactly the model's name: an integration's own registry would stand before it.
            .WithImage(resource.Image!)
            .WithImageRegistry(null)
            .WithContainerName(ContainerNames.Of(values.Model.Options.Name, resource.Name))
            // Swap is capped with it: the engine would otherwise allow as much again. The logs of containers grow without bound.
            .WithContainerRuntimeArgs("--memory", cap, "--memory-swap", cap, "--log-opt", "max-size=10m", "--log-opt", "max-file=3")
            // By it the next start knows what a killed host of this data directory left.
            .WithContainerRuntimeArgs("--label", $"{LabEngine.DirectoryLabel}={values.DataDirectory}");
    }
}
