using CdcLab.Model.Options;
using CdcLab.Runtime.Standalone.Containers;
using CdcLab.Runtime.Standalone.Data;

namespace CdcLab.Runtime.Standalone.Cleaning;

/// <summary>Takes away what killed hosts left: processes of the user's labs, and the folders of one-shot labs.</summary>
/// <param name="named">The data directory that the settings name; those below the user's state folder are looked at anyway.</param>
public sealed class LeftoverCleaning(DataDirectory named)
{
    /// <summary>What was left.</summary>
    /// <returns>Folders of one-shot labs that go, those that were kept on purpose, and the data directories in which processes of a dead host still run.</returns>
    public static IReadOnlyList<FoundItem> FindFolders() =>
    [
        .. TemporaryLabs.FindLeft().Select(f => FoundItem.At(f)),
        .. TemporaryLabs.FindKept().Select(f => FoundItem.At(f, "kept on purpose: reset " + ShellArgument.Of("Lab:DataDirectory", f))),
    ];

    /// <summary>The processes that dead hosts left.</summary>
    /// <returns>One line for each data directory that has some.</returns>
    public IReadOnlyList<string> FindProcesses() =>
        [.. Labs().Select(d => (d.Path, Left: Leftovers.Find(d))).Where(d => d.Left.Count > 0).Select(d => $"{string.Join(", ", d.Left)} of {d.Path}")];

    /// <summary>The containers that dead hosts left.</summary>
    /// <param name="cancellationToken">Gives it up.</param>
    /// <returns>One line for each data directory that has some.</returns>
    public async Task<IReadOnlyList<string>> FindContainersAsync(CancellationToken cancellationToken)
    {
        List<string> lines = [];
        foreach (DataDirectory directory in Directories().Where(d => RunRecord.Living(d) is null && !DataDirectoryLock.IsHeld(d)))
        {
            if (await ContainerLeftovers.FindContainersAsync(directory, cancellationToken) is { Count: > 0 } left)
                lines.Add($"{string.Join(", ", left)} of {directory.Path}");
        }

        return lines;
    }

    /// <summary>Ends the processes and deletes the folders.</summary>
    /// <param name="events">Who wants to know.</param>
    /// <param name="cancellationToken">Gives it up.</param>
    /// <returns>A task.</returns>
    /// <exception cref="CdcLab.Runtime.Standalone.Fetching.UnavailableException">A process does not go away.</exception>
    public async Task RunAsync(ILabEvents events, CancellationToken cancellationToken)
    {
        foreach (DataDirectory directory in Labs())
            await Leftovers.CleanBeforeStartAsync(directory, events, cancellationToken);
        await Leftovers.CleanBeforeStartAsync(named, events, cancellationToken);

        // A host that could not reach the engine at its end leaves containers and no run file.
        foreach (DataDirectory directory in Directories().Where(ContainerLeftovers.MayHave))
        {
            using DataDirectoryLock? held = RunRecord.Living(directory) is null ? DataDirectoryLock.TryTake(directory) : null;
            if (held is not null && await ContainerLeftovers.RemoveContainersAsync(directory, cancellationToken) is { Count: > 0 } left)
                events.Say($"Removed: {string.Join(", ", left)}.");
        }
    }

    private IEnumerable<DataDirectory> Labs() => Directories().Where(d => File.Exists(d.RunFilePath));

    private IEnumerable<DataDirectory> Directories()
    {
        string root = DataDirectory.StateRoot();
        IEnumerable<string> folders = Directory.Exists(root) ? Directory.EnumerateDirectories(root) : [];
        return folders.Append(named.Path).Distinct(StringComparer.Ordinal).Select(f => new DataDirectory(f));
    }
}
