namespace CdcLab.AppHost.Containers;

internal sealed record ContainerRuntime(string BindAddress, ContainerEngine Engine, LabContainers Names) : ServerRuntime(BindAddress);

internal static class ContainerServerExtensions
{
    /// <summary>Gives a container its image, fixed name, labels, caps, bounded log and named volumes.</summary>
    /// <remarks>Swap is capped with memory, because the engine would otherwise allow as much again. A container that is started again is a new one, and would be empty without named volumes.</remarks>
    public static IResourceBuilder<T> RunAsContainer<T>(
        this IResourceBuilder<T> container, ContainerRuntime runtime, string image, long capBytes, TimeSpan stopGrace, string faultMeaning, params (string Name, string Path)[] volumes)
        where T : ContainerResource
    {
        string name = container.Resource.Name;
        string cap = capBytes.ToString(CultureInfo.InvariantCulture);
        string grace = Math.Ceiling(stopGrace.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        (string repository, string? tag, string? digest) = Split(image);
        container.WithImage(repository, tag ?? "latest").WithImageRegistry(null);
        if (digest is not null)
            container.WithImageSHA256(digest);
        return container
            .WithContainerName(runtime.Names.Name(name))
            .WithContainerRuntimeArgs(
            [
                "--memory", cap, "--memory-swap", cap, "--stop-timeout", grace, "--log-driver", "json-file", "--log-opt", "max-size=10m", "--log-opt", "max-file=3",
                .. runtime.Names.LabelArguments, .. volumes.SelectMany(v => runtime.Names.VolumeArguments(name, v.Name, v.Path)),
            ])
            .WithAnnotation(new ServerAnnotation(capBytes, stopGrace, volumes.Length == 0 ? null : runtime.Names.Volume(name, volumes[0].Name), faultMeaning) { Container = runtime.Names.Name(name) });
    }

    // registry:5000/name:tag@sha256:digest
    internal static (string Repository, string? Tag, string? Digest) Split(string image)
    {
        string? digest = null;
        if (image.IndexOf("@sha256:", StringComparison.Ordinal) is >= 0 and var at)
            (image, digest) = (image[..at], image[(at + "@sha256:".Length)..]);
        int colon = image.LastIndexOf(':');
        return colon > image.LastIndexOf('/') ? (image[..colon], image[(colon + 1)..], digest) : (image, null, digest);
    }
}
