using System.Globalization;
using CdcLab.Model.Live;

namespace CdcLab.Runtime.Standalone.Memory;

/// <summary>The memory of one process, where no cgroup counts it.</summary>
public static class ProcessMemory
{
    /// <summary>Reads <c>/proc/PID/status</c> (proc(5)): RssAnon, RssFile and VmHWM.</summary>
    /// <param name="pid">The process.</param>
    /// <returns>The figures; null in each that could not be read.</returns>
    public static MemoryFigures Read(int pid)
    {
        Dictionary<string, long> values = new(StringComparer.Ordinal);
        try
        {
            foreach (string line in File.ReadLines($"/proc/{pid}/status"))
            {
                string[] parts = line.Split((char[])[':', ' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
                if (parts.Length == 3 && parts[2] == "kB" && long.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out long kilobytes))
                    values[parts[0]] = kilobytes * 1024;
            }
        }
        catch (IOException)
        {
            // It ended: nothing is known, which is what the empty figures say.
        }

        return new(Get("RssAnon"), Get("RssFile"), null, Get("VmHWM"), null, CapEnforced: false);

        long? Get(string name) => values.TryGetValue(name, out long value) ? value : null;
    }
}
