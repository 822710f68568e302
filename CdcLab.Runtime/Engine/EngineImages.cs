using CdcLab.Runtime.Standalone.Fetching;
using Docker.DotNet;
using Docker.DotNet.Models;

namespace CdcLab.Runtime.Engine;

/// <summary>Gets images onto this machine.</summary>
internal static class EngineImages
{
    /// <summary>Pulls an image, unless it is there already.</summary>
    /// <param name="engine">The engine.</param>
    /// <param name="image">Its name, e.g. <c>mysql:8.0</c>.</param>
    /// <param name="progress">Who wants to know how far it is.</param>
    /// <param name="cancellationToken">Gives it up.</param>
    /// <exception cref="UnavailableException">It is not there and cannot be had.</exception>
    public static async Task EnsureAsync(ContainerEngine engine, string image, IProgress<FetchProgress> progress, CancellationToken cancellationToken)
    {
        try
        {
            if (await IsThereAsync(engine, image, cancellationToken))
                return;
            Pull pull = new(image, progress);
            (string repository, string? tag) = Split(image);
            await engine.Client.Images.CreateImageAsync(new ImagesCreateParameters { FromImage = repository, Tag = tag }, RegistryLogins.Of(repository), pull, cancellationToken);

            // A pull that fails half-way says so in its progress only.
            if (pull.Error is { } error && !await IsThereAsync(engine, image, cancellationToken))
                throw Missing(image, error);
        }
        catch (DockerApiException refused)
        {
            throw Missing(image, EngineFaults.Said(refused));
        }
        catch (Exception silent) when (EngineFaults.IsSilence(silent))
        {
            throw EngineFaults.NoEngine(engine.Endpoint, silent);
        }
    }

    /// <summary>An image's name as the engine's API wants it: without a tag it would pull every tag there is.</summary>
    internal static (string Repository, string? Tag) Split(string image)
    {
        if (image.Contains('@', StringComparison.Ordinal))
            return (image, null);
        int colon = image.LastIndexOf(':');
        // A colon before the last slash is a registry's port.
        return colon > image.LastIndexOf('/') ? (image[..colon], image[(colon + 1)..]) : (image, "latest");
    }

    private static UnavailableException Missing(string image, string why) => EngineFaults.IsDiskFull(why)
        ? new(EngineFaults.DiskFull($"The image {image} cannot be pulled"))
        : new($"The image {image} is not on this machine and cannot be pulled ({why}): look at the name (Lab:...:Image) and at the way to its registry, or run the lab without containers (--Lab:Runtime=embedded).");

    private static async Task<bool> IsThereAsync(ContainerEngine engine, string image, CancellationToken cancellationToken)
    {
        try
        {
            await engine.Client.Images.InspectImageAsync(image, cancellationToken);
            return true;
        }
        catch (DockerImageNotFoundException)
        {
            return false;
        }
    }

    // The engine tells of each layer by itself; people want one sum.
    private sealed class Pull(string image, IProgress<FetchProgress> progress) : IProgress<JSONMessage>
    {
        private readonly Dictionary<string, (long Done, long Total)> _layers = new(StringComparer.Ordinal);

        public string? Error { get; private set; }

        public void Report(JSONMessage value)
        {
            if (value.Error is { } error)
                Error = error.Message?.Trim().TrimEnd('.') ?? "the engine does not say why";
            if (value.ID is not { } layer || value.Status != "Downloading" || value.Progress is not { Current: { } done, Total: { } total })
                return;
            lock (_layers)
            {
                _layers[layer] = (done, total);
                progress.Report(new(image, "pulling", _layers.Values.Sum(l => l.Done), _layers.Values.Sum(l => l.Total)));
            }
        }
    }
}
