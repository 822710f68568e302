using System.Globalization;
using CdcLab.AppHost.Output;
using CdcLab.Model;
using CdcLab.Model.Containers;
using CdcLab.Runtime.Convergence;
using CdcLab.Runtime.Engine;
using CdcLab.Runtime.Standalone;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace CdcLab.AppHost.Aspire;

/// <summary>What every container of the lab has, from <see cref="ContainerMapping"/>: the standalone host makes its containers from the same.</summary>
internal static partial class LabContainerExtensions
{
    private static readonly TimeSpan ConvergeLimit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan RetryPause = TimeSpan.FromSeconds(1);

    /// <summary>Image, fixed name, arguments, variables, ports, volumes, memory cap, bounded log, labels; and what is brought about once it answers.</summary>
    /// <typeparam name="T">The kind of container.</typeparam>
    /// <param name="container">The container.</param>
    /// <param name="values">The lab.</param>
    /// <param name="resource">What it is.</param>
    /// <returns>The container.</returns>
    public static IResourceBuilder<T> AsInModel<T>(this IResourceBuilder<T> container, LabValues values, LabResource resource)
        where T : ContainerResource
    {
        ContainerSpec spec = values.ContainerOf(resource);
        string cap = spec.MemoryBytes.ToString(CultureInfo.InvariantCulture);
        container
            // Exactly the model's name: an integration's own registry would stand before it.
            .WithImage(spec.Image)
            .WithImageRegistry(null)
            .WithContainerName(ContainerNames.Of(values.Model.Options.Name, resource.Name))
            .WithArgs([.. spec.Arguments])
            // Swap is capped with it: the engine would otherwise allow as much again. The logs of containers grow without bound.
            .WithContainerRuntimeArgs("--memory", cap, "--memory-swap", cap, "--log-opt", $"max-size={ContainerSpec.LogMaxSize}", "--log-opt", $"max-file={ContainerSpec.LogMaxFiles}");

        // By them the next start knows what a killed host of this data directory left.
        foreach ((string name, string value) in LabContainers.Labels(values.Model, values.DataDirectory, resource.Name))
            container.WithContainerRuntimeArgs("--label", $"{name}={value}");
        foreach ((string name, string value) in spec.Environment)
            container.WithEnvironment(name, value);
        foreach (ContainerVolume volume in spec.Volumes)
            container.WithVolume(ContainerNames.Of(values.Model.Options.Name, volume.Name), volume.Path);
        WithPorts(container, spec);
        return container.OnResourceReady((_, ready, cancellationToken) => ConvergeAsync(ready, resource, cancellationToken));
    }

    /// <summary>Gives a container a secret, in the variables that take it.</summary>
    /// <typeparam name="T">The kind of container.</typeparam>
    /// <param name="container">The container.</param>
    /// <param name="values">The lab.</param>
    /// <param name="resource">What it is.</param>
    /// <param name="secret">Which secret.</param>
    /// <param name="parameter">The secret.</param>
    /// <returns>The container.</returns>
    public static IResourceBuilder<T> WithSecret<T>(this IResourceBuilder<T> container, LabValues values, LabResource resource, ContainerSecret secret, IResourceBuilder<ParameterResource> parameter)
        where T : ContainerResource
    {
        foreach ((string name, _) in values.ContainerOf(resource).Secrets.Where(s => s.Value == secret))
            container.WithEnvironment(name, parameter);
        return container;
    }

    // The first port is the endpoint that the integration has made, whatever it calls it.
    private static void WithPorts<T>(IResourceBuilder<T> container, ContainerSpec spec)
        where T : ContainerResource
    {
        string first = container.Resource.Annotations.OfType<EndpointAnnotation>().First().Name;
        foreach ((int i, ContainerPort port) in spec.Ports.Index())
        {
            string name = i == 0 ? first : $"{first}-{i + 1}";
            if (i > 0)
                container.WithEndpoint(port: port.Outside, targetPort: port.Inside, name: name, isProxied: false);
            container.WithEndpoint(name, endpoint => (endpoint.Port, endpoint.TargetPort, endpoint.IsProxied, endpoint.TargetHost) = (port.Outside, port.Inside, false, port.BindAddress));
        }
    }

    // At the first start and again after each exit. What waits for the server waits for this; Aspire calls it once for each start and drops what it throws.
    private static async Task ConvergeAsync(ResourceReadyEvent ready, LabResource resource, CancellationToken cancellationToken)
    {
        ILogger log = ready.Services.GetRequiredService<ResourceLoggerService>().GetLogger(ready.Resource);
        LabContainers containers = ready.Services.GetRequiredService<LabContainers>();
        DateTime deadline = DateTime.UtcNow + ConvergeLimit;
        while (true)
        {
            try
            {
                foreach (string line in await containers.ConvergeAsync(resource, cancellationToken))
                    Changed(log, line);
                return;
            }
            catch (Exception passing) when (passing is not (ServerStartException or ConvergenceException) && !cancellationToken.IsCancellationRequested && DateTime.UtcNow < deadline)
            {
                // It answered a moment ago, and may again.
                await Task.Delay(RetryPause, cancellationToken);
            }
            catch (Exception failed) when (!cancellationToken.IsCancellationRequested)
            {
                // It runs, and must not: a MySQL without its users and tables, a Kafka UI that nobody has seen ask for a login.
                string why = failed is ServerStartException ? failed.Message : $"{resource.Name} is stopped, what must be there at every start could not be brought about: {failed.Message}";
                Refused(log, why);
                Terminal.Error(why);
                await containers.StopAsync(resource.Name, resource.StopGrace, CancellationToken.None);
                throw;
            }
        }
    }

    [LoggerMessage(10, LogLevel.Information, "{Line}")]
    private static partial void Changed(ILogger log, string line);

    [LoggerMessage(11, LogLevel.Error, "{Line}")]
    private static partial void Refused(ILogger log, string line);
}
