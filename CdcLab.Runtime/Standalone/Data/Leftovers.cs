using CdcLab.Runtime.Standalone.Cleaning;
using CdcLab.Runtime.Standalone.Containers;
using CdcLab.Runtime.Standalone.Fetching;
using CdcLab.Runtime.Standalone.Memory;
using CdcLab.Runtime.Standalone.Processes;

namespace CdcLab.Runtime.Standalone.Data;

/// <summary>Cleans up what a host that was killed left behind: the processes that its run file names, the containers that carry its label, and nothing else.</summary>
public static class Leftovers
{
    /// <summary>Cleans up before a start: what a dead host left in this data directory, and what one-shot labs that were killed left in theirs.</summary>
    /// <param name="directory">The data directory of the lab that is about to start.</param>
    /// <param name="events">Who wants to know.</param>
    /// <param name="cancellationToken">Gives it up.</param>
    /// <returns>A task.</returns>
    /// <exception cref="UnavailableException">A process does not go away, or the lab is another user's.</exception>
    public static async Task CleanBeforeStartAsync(DataDirectory directory, ILabEvents events, CancellationToken cancellationToken)
    {
        // Root may do everything: end what another user's run file names, and write files that this user then cannot open.
        if (File.Exists(directory.StampPath) || File.Exists(directory.RunFilePath))
            await Owner.ThrowIfAnotherAsync(directory.Path, cancellationToken, "A lab of your own needs another Lab:DataDirectory.");
        foreach (string line in await TemporaryLabs.CleanAsync(cancellationToken))
            events.Say(line);
        if (!File.Exists(directory.RunFilePath))
            return;
        using DataDirectoryLock? held = DataDirectoryLock.TryTake(directory);
        if (held is null)
            return;
        IReadOnlyList<string> ended = await CleanAsync(directory, cancellationToken);
        if (ended.Count > 0)
            events.Say($"Cleaned up after a host that was killed: {string.Join(", ", ended)}.");
    }

    /// <summary>What a host that was killed left running; nothing is changed.</summary>
    /// <param name="directory">A data directory.</param>
    /// <returns>The names of what still runs; empty while its host lives.</returns>
    internal static IReadOnlyList<string> Find(DataDirectory directory) =>
        RunRecord.Living(directory) is null && RunRecord.Read(directory) is { } run && run.BootId == ProcessTable.BootId
            ? [.. run.Processes.Where(p => ProcessTable.IsAlive(p.Pid, p.StartTime)).Select(p => p.Name)]
            : [];

    /// <summary>Ends the processes of a dead host, with the data directory's lock held.</summary>
    /// <returns>The names of what was still running.</returns>
    /// <exception cref="UnavailableException">A process does not go away.</exception>
    internal static async Task<IReadOnlyList<string>> CleanAsync(DataDirectory directory, CancellationToken cancellationToken)
    {
        List<string> ended = [];
        if (RunRecord.Read(directory) is { } run && run.BootId == ProcessTable.BootId)
        {
            // Brokers first and ZooKeeper after them matters for a clean stop only; a killed host's servers are killed.
            foreach (RecordedProcess process in run.Processes.Where(p => ProcessTable.IsAlive(p.Pid, p.StartTime)))
            {
                ProcessTable.SignalGroup(process.Pid, Signal.Kill);
                ended.Add(process.Name);
            }

            await GoneAsync([.. run.Processes.Select(p => (p.Pid, p.StartTime))], cancellationToken);
            foreach (RecordedProcess process in run.Processes.Append(run.Host))
                DiagnosticFiles.Remove(process.Pid, process.StartTime);

            // The host may have run in another group (another session) than this process.
            if (run.CgroupFolder is { } folder && Path.GetFileName(folder) == MemoryCaps.GroupName(directory.Id))
                CgroupFiles.Remove(folder);
        }

        ended.AddRange(await ContainerLeftovers.RemoveContainersAsync(directory, cancellationToken));
        File.Delete(directory.RunFilePath);
        MemoryCaps.RemoveGroups(directory.Id);
        return ended;
    }

    private static async Task GoneAsync(IReadOnlyList<(int Pid, long StartTime)> processes, CancellationToken cancellationToken)
    {
        DateTime deadline = DateTime.UtcNow.AddSeconds(20);
        while (processes.FirstOrDefault(p => ProcessTable.IsAlive(p.Pid, p.StartTime)) is { Pid: > 0 } living)
        {
            if (DateTime.UtcNow > deadline)
                throw new UnavailableException($"Process {living.Pid}, left by a host that was killed, does not end, although it was sent SIGKILL; look at it with 'ps -o stat,wchan,args {living.Pid}'.");
            await Task.Delay(50, cancellationToken);
        }
    }
}
