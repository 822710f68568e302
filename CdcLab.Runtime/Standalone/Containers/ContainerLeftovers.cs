using CdcLab.Runtime.Engine;
using CdcLab.Runtime.Standalone.Data;
using CdcLab.Runtime.Standalone.Fetching;
using Docker.DotNet;

namespace CdcLab.Runtime.Standalone.Containers;

/// <summary>What a lab of a data directory left with the container engine: its containers and network where its host was killed, its volumes until somebody deletes the data.</summary>
internal static class ContainerLeftovers
{
    /// <summary>Whether the lab of a data directory runs in containers; a directory that does not say so has none.</summary>
    public static bool MayHave(DataDirectory directory)
    {
        try
        {
            return Stamp.Read(directory) is { Runtime: "container" };
        }
        catch (Exception unreadable) when (unreadable is UnavailableException or IOException or UnauthorizedAccessException)
        {
            // Whoever needs the stamp itself says what is wrong with it.
            return false;
        }
    }

    /// <summary>The names of what is left; nothing is changed, and an engine that does not answer has nothing to show.</summary>
    public static async Task<IReadOnlyList<string>> FindContainersAsync(DataDirectory directory, CancellationToken cancellationToken)
    {
        try
        {
            return MayHave(directory) ? await WithEngineAsync(directory, parts => parts.ContainersAsync(cancellationToken), cancellationToken) : [];
        }
        catch (UnavailableException)
        {
            return [];
        }
    }

    /// <summary>The names of the volumes that hold the lab's data.</summary>
    /// <exception cref="UnavailableException">The engine does not answer.</exception>
    public static async Task<IReadOnlyList<string>> VolumesAsync(DataDirectory directory, CancellationToken cancellationToken) =>
        MayHave(directory) ? await WithEngineAsync(directory, parts => parts.VolumesAsync(cancellationToken), cancellationToken) : [];

    /// <summary>Removes containers and network, with the data directory's lock held.</summary>
    /// <returns>The names of the containers.</returns>
    /// <exception cref="UnavailableException">The engine does not answer.</exception>
    public static async Task<IReadOnlyList<string>> RemoveContainersAsync(DataDirectory directory, CancellationToken cancellationToken) =>
        MayHave(directory) ? await WithEngineAsync(directory, parts => parts.RemoveContainersAsync(cancellationToken), cancellationToken) : [];

    /// <summary>Removes the volumes, whose containers are gone.</summary>
    /// <exception cref="UnavailableException">The engine does not answer.</exception>
    public static async Task RemoveVolumesAsync(DataDirectory directory, CancellationToken cancellationToken)
    {
        if (MayHave(directory))
        {
            await WithEngineAsync<object?>(
                directory,
                async parts =>
                {
                    await parts.RemoveVolumesAsync(cancellationToken);
                    return null;
                },
                cancellationToken);
        }
    }

    private static async Task<T> WithEngineAsync<T>(DataDirectory directory, Func<LabParts, Task<T>> action, CancellationToken cancellationToken)
    {
        using ContainerEngine engine = ContainerEngine.Find();
        await engine.AskAsync(cancellationToken);
        try
        {
            return await action(new LabParts(engine, directory.Path));
        }
        catch (DockerApiException refused)
        {
            throw new UnavailableException($"What the lab in {directory.Path} left with the container engine cannot be looked at or removed: {EngineFaults.Said(refused)}.");
        }
        catch (Exception silent) when (EngineFaults.IsSilence(silent))
        {
            throw EngineFaults.NoEngine(engine.Endpoint, silent);
        }
    }
}
