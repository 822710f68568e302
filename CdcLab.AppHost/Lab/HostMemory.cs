namespace CdcLab.AppHost.Lab;

/// <summary>What the application's own processes take beside servers and services: this process, the orchestrator with its monitors, the dashboard.</summary>
internal static class HostMemory
{
    /// <summary>Reads it, each shared page counted once (PSS).</summary>
    /// <param name="notCounted">The processes of servers and services.</param>
    /// <returns>Bytes; null where one of the processes could not be read.</returns>
    public static long? Read(IEnumerable<int> notCounted)
    {
        HashSet<int> theirs = [.. notCounted.SelectMany(pid => ProcessTable.Descendants(pid).Prepend(pid))];
        HashSet<int> ours = [Environment.ProcessId, .. ProcessTable.Descendants(Environment.ProcessId)];
        string self = Environment.ProcessId.ToString(System.Globalization.CultureInfo.InvariantCulture);
        // The orchestrator detaches itself; it names this process on its command line.
        foreach (int dcp in ProcessTable.All().Where(p => ProcessTable.CommandLine(p) is [var program, ..] words && Path.GetFileName(program) == "dcp" && words.Contains(self)))
            ours.UnionWith(ProcessTable.Descendants(dcp).Prepend(dcp));
        long sum = 0;
        foreach (int pid in ours.Except(theirs))
        {
            if (ProcessTable.ProportionalBytes(pid) is { } bytes)
                sum += bytes;
            else if (ProcessTable.StartTime(pid) is not null)
                return null;
        }

        return sum;
    }
}
