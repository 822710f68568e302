using System.Globalization;

namespace CdcLab.Runtime.Standalone;

/// <summary>Who listens on a port, as far as this user may see.</summary>
internal static class PortOwner
{
    /// <summary>The process that listens on a TCP port, e.g. <c>mysqld, pid 812</c>; null where it cannot be seen.</summary>
    public static string? Find(int port)
    {
        if (SocketOf(port) is not { } inode)
            return null;
        string link = $"socket:[{inode}]";
        foreach (string folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out int pid) && Holds(folder, link))
                return $"{File.ReadAllText(Path.Combine(folder, "comm")).Trim()}, pid {pid}";
        }

        return null;
    }

    // proc_net(5): "sl local_address rem_address st ... inode"; state 0A is LISTEN, the address is hexadecimal.
    private static string? SocketOf(int port)
    {
        string suffix = ":" + port.ToString("X4", CultureInfo.InvariantCulture);
        foreach (string file in (string[])["/proc/net/tcp", "/proc/net/tcp6"])
        {
            if (!File.Exists(file))
                continue;
            foreach (string line in File.ReadLines(file).Skip(1))
            {
                string[] fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
                if (fields.Length > 9 && fields[3] == "0A" && fields[1].EndsWith(suffix, StringComparison.Ordinal))
                    return fields[9];
            }
        }

        return null;
    }

    private static bool Holds(string processFolder, string link)
    {
        try
        {
            return Directory.EnumerateFiles(Path.Combine(processFolder, "fd")).Any(fd => new FileInfo(fd).LinkTarget == link);
        }
        catch (Exception unseen) when (unseen is IOException or UnauthorizedAccessException)
        {
            // Another user's process, or one that has just ended.
            return false;
        }
    }
}
