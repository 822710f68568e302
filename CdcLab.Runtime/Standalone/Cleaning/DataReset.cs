using CdcLab.Runtime.Standalone.Containers;
using CdcLab.Runtime.Standalone.Data;
using CdcLab.Runtime.Standalone.Fetching;

namespace CdcLab.Runtime.Standalone.Cleaning;

/// <summary>Takes a lab's data away, so that its next start makes new data: the names that a lab makes, beside a stamp of ours, and nothing else.</summary>
/// <param name="directory">The lab's data directory.</param>
public sealed class DataReset(DataDirectory directory)
{
    /// <summary>What is in the data directory: what would go, and what is not the lab's and stays.</summary>
    /// <param name="cancellationToken">Gives it up.</param>
    /// <returns>Nothing where there is no such folder.</returns>
    /// <exception cref="UnavailableException">The folder is no lab's, is another user's, or its lab runs.</exception>
    public async Task<IReadOnlyList<FoundItem>> FindAsync(CancellationToken cancellationToken)
    {
        if (!Directory.Exists(directory.Path))
            return [];
        await ThrowIfNotOursAsync(cancellationToken);
        ThrowIfRuns();
        return
        [
            .. Directory.EnumerateFileSystemEntries(directory.Path).Order(StringComparer.Ordinal).Select(e => FoundItem.At(e, LabFiles.IsOurs(Path.GetFileName(e)) ? null : "not a lab's")),
            .. (await ContainerLeftovers.VolumesAsync(directory, cancellationToken)).Select(v => new FoundItem($"volume {v}", null, null)),
        ];
    }

    /// <summary>Ends what a killed host left running, and deletes the data.</summary>
    /// <param name="cancellationToken">Gives up the wait for processes to end; what is deleted is deleted.</param>
    /// <returns>A task.</returns>
    /// <exception cref="UnavailableException">The folder is no lab's, is another user's, or its lab runs.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await ThrowIfNotOursAsync(cancellationToken);
        using DataDirectoryLock held = DataDirectoryLock.TryTake(directory) ?? throw Runs();
        await Leftovers.CleanAsync(directory, cancellationToken);
        await ContainerLeftovers.RemoveVolumesAsync(directory, cancellationToken);

        // What shows that the data is a lab's goes after the data, and the lock last: a reset that is cut off can be done again, and nobody starts beside it.
        string[] last = [Path.GetFileName(directory.SecretsPath), DataDirectory.StampName, DataDirectory.LockName];
        foreach (string entry in Directory.EnumerateFileSystemEntries(directory.Path).ToArray())
        {
            string name = Path.GetFileName(entry);
            if (LabFiles.IsOurs(name) && !last.Contains(name, StringComparer.Ordinal))
                Delete(entry);
        }

        foreach (string name in last)
            File.Delete(Path.Combine(directory.Path, name));
        if (!Directory.EnumerateFileSystemEntries(directory.Path).Any())
            Directory.Delete(directory.Path);
    }

    internal static void Delete(string path)
    {
        // A link is deleted, never what it points to.
        if (new FileInfo(path).LinkTarget is null && Directory.Exists(path))
            Directory.Delete(path, recursive: true);
        else
            File.Delete(path);
    }

    private async Task ThrowIfNotOursAsync(CancellationToken cancellationToken)
    {
        string home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile, Environment.SpecialFolderOption.DoNotVerify);
        if (await SameFolder.IsOrHoldsAsync(directory.Path, home, cancellationToken))
            throw new UnavailableException($"{directory.Path} is no folder of a lab's own, whatever is in it. Nothing was deleted.");
        if (!File.Exists(directory.StampPath))
            throw new UnavailableException($"{directory.Path} has no {DataDirectory.StampName} that you can see: it is no lab's data directory, or not yours. Nothing was deleted.");
        await Owner.ThrowIfAnotherAsync(directory.Path, cancellationToken);
        await Owner.ThrowIfAnotherAsync(directory.StampPath, cancellationToken);
        Stamp? stamp = Stamp.Read(directory);
        if (stamp is not { Runtime: "embedded" or "container" })
            throw new UnavailableException($"{directory.StampPath} is not of this program's making. Nothing was deleted.");
        if (stamp is { Runtime: "embedded", MySqlSeries: null, KafkaSeries: null } && !File.Exists(directory.SecretsPath) && UnknownData() is { } name)
            throw new UnavailableException($"{directory.StampPath} knows of no data, and yet there is {name}: a lab did not make it. Nothing was deleted.");
    }

    // A lab writes its stamp, then its secrets, then data: data beside neither is somebody else's, whoever put a stamp there.
    private string? UnknownData() =>
        Directory.EnumerateDirectories(directory.Path).Select(Path.GetFileName).FirstOrDefault(n => LabFiles.IsOurs(n!));

    private void ThrowIfRuns()
    {
        if (RunRecord.Living(directory) is not null)
            throw Runs();
    }

    private UnavailableException Runs() => new(
        $"A lab runs in {directory.Path}{(RunRecord.Living(directory) is { } run ? $" (host process {run.Host.Pid})" : "")}; stop it first (Ctrl+C where it runs). Nothing was deleted.");
}
