using CdcLab.Runtime.Standalone.Containers;
using CdcLab.Runtime.Standalone.Fetching;

namespace CdcLab.Runtime.Standalone.Data;

/// <summary>The data directories of one-shot labs (<c>verify</c>): made for one run, gone after it; what a killed run left is found here by the next start.</summary>
public static class TemporaryLabs
{
    // Beside the labs that have a name, and no name of a lab can begin with a dot: whatever lies in here is ours to delete.
    private static string Root => Path.Combine(DataDirectory.StateRoot(), ".temporary");

    /// <summary>A name for a new one; nothing is made yet.</summary>
    /// <param name="purpose">The command that wants it.</param>
    /// <returns>The folder.</returns>
    public static DataDirectory Name(string purpose) => new(Path.Combine(Root, $"{purpose}-{DateTime.UtcNow:yyyyMMdd-HHmmss}-{Environment.ProcessId}"));

    /// <summary>Makes the folder for something that is no whole lab, and that locks it itself.</summary>
    /// <param name="purpose">The command that wants it.</param>
    /// <returns>The folder.</returns>
    public static DataDirectory Make(string purpose)
    {
        Directory.CreateDirectory(Root);
        return Name(purpose);
    }

    /// <summary>Makes the folder and takes it, for a lab of this process.</summary>
    /// <param name="plan">What is about to run.</param>
    /// <param name="events">Who wants to know.</param>
    /// <returns>A lab that is not started yet.</returns>
    public static Lab Open(LabPlan plan, ILabEvents events)
    {
        Directory.CreateDirectory(Root);
        using FileStream guard = Guard();
        return LabOpening.Open(plan, events);
    }

    /// <summary>Makes a folder that stays when its lab ends, for a lab of another process.</summary>
    /// <param name="plan">What is about to run.</param>
    public static void MakeKept(LabPlan plan)
    {
        DataDirectory directory = plan.Directory;
        Directory.CreateDirectory(Root);
        using FileStream guard = Guard();
        directory.Create();
        Stamp.Of(plan.Runtime).Write(directory);
        DataDirectory.WritePrivate(KeepMark(directory), "");
    }

    /// <summary>Deletes a folder whose lab was stopped, and the volumes of its containers.</summary>
    /// <param name="directory">The folder.</param>
    /// <returns>Why it stays, to be deleted by the next start; null where it is gone.</returns>
    public static async Task<string?> DeleteAsync(DataDirectory directory)
    {
        if (!Directory.Exists(directory.Path))
            return null;
        try
        {
            await ContainerLeftovers.RemoveVolumesAsync(directory, CancellationToken.None);
        }
        catch (UnavailableException engine)
        {
            // Without the folder nobody would know of the volumes any more.
            return $"The data of this run could not be deleted and is left for the next start. {engine.Message}";
        }

        Directory.Delete(directory.Path, recursive: true);
        return null;
    }

    /// <summary>The folders that killed runs left; nothing is changed.</summary>
    /// <returns>Their paths.</returns>
    internal static IReadOnlyList<string> FindLeft()
    {
        if (!Directory.Exists(Root))
            return [];
        using FileStream guard = Guard();
        return [.. Directory.GetDirectories(Root).Where(f => new DataDirectory(f) is var directory && !IsKept(directory) && RunRecord.Living(directory) is null && !DataDirectoryLock.IsHeld(directory))];
    }

    /// <summary>The folders that were kept on purpose, and whose labs have ended.</summary>
    /// <returns>Their paths.</returns>
    internal static IReadOnlyList<string> FindKept() => !Directory.Exists(Root)
        ? []
        : [.. Directory.GetDirectories(Root).Where(f => new DataDirectory(f) is var directory && IsKept(directory) && RunRecord.Living(directory) is null)];

    /// <summary>Ends and deletes what killed runs left.</summary>
    /// <param name="cancellationToken">Gives it up.</param>
    /// <returns>One line for each.</returns>
    internal static async Task<IReadOnlyList<string>> CleanAsync(CancellationToken cancellationToken)
    {
        if (!Directory.Exists(Root))
            return [];
        List<string> lines = [];
        foreach (string folder in Directory.GetDirectories(Root))
        {
            DataDirectory directory = new(folder);
            DataDirectoryLock? taken;
            using (Guard())
            {
                // One that was kept on purpose (verify --keep) and whose lab has ended has no run file; its user asked for the data.
                taken = File.Exists(directory.RunFilePath) || !IsKept(directory) ? DataDirectoryLock.TryTake(directory) : null;
            }

            if (taken is null)
                continue;
            using (taken)
            {
                IReadOnlyList<string> ended;
                try
                {
                    ended = await Leftovers.CleanAsync(directory, cancellationToken);
                    if (!IsKept(directory))
                        await ContainerLeftovers.RemoveVolumesAsync(directory, cancellationToken);
                }
                catch (UnavailableException engine) when (ContainerLeftovers.MayHave(directory))
                {
                    lines.Add($"what a killed run left in {folder} stays for now: {engine.Message}");
                    continue;
                }

                // A kept one loses what ran in it, not what its user asked to keep.
                if (!IsKept(directory))
                    Directory.Delete(folder, recursive: true);
                lines.Add(ended.Count > 0 ? $"cleaned up after a run that was killed: {string.Join(", ", ended)}" : "cleaned up a folder of a run that was killed");
            }
        }

        return lines;
    }

    private static bool IsKept(DataDirectory directory) => File.Exists(KeepMark(directory));

    private static string KeepMark(DataDirectory directory) => Path.Combine(directory.Path, "keep");

    // So that a folder that was just made is never taken for one that was left, before its maker has locked it.
    private static FileStream Guard()
    {
        DateTime deadline = DateTime.UtcNow.AddSeconds(10);
        while (true)
        {
            try
            {
                return new FileStream(Path.Combine(Root, ".lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (DateTime.UtcNow < deadline)
            {
                Thread.Yield();
            }
        }
    }
}
