using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using CdcLab.Model;
using CdcLab.Model.Live;
using CdcLab.Runtime.Standalone.Data;
using CdcLab.Runtime.Standalone.Fetching;

namespace CdcLab.Runtime.Standalone;

/// <summary>Looks at this machine for what settings are judged against.</summary>
public static class MachineFactsReader
{
    /// <summary>Looks.</summary>
    /// <param name="wanted">The ports that the lab would listen on.</param>
    /// <param name="directory">Its data directory; null for one that is made for this run.</param>
    /// <param name="dashboard">The dashboard that somebody names; null where it is found or fetched.</param>
    /// <returns>What was found.</returns>
    public static MachineFacts Read(IReadOnlyList<LabPortUse> wanted, DataDirectory? directory, string? dashboard = null) => new()
    {
        // Heeds the memory limit of a container around us too.
        TotalMemoryBytes = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes,
        UserIsRoot = Environment.IsPrivilegedProcess,
        LocalAddresses = [.. NetworkInterface.GetAllNetworkInterfaces()
            .SelectMany(n => n.GetIPProperties().UnicastAddresses)
            .Where(a => a.Address.AddressFamily == AddressFamily.InterNetwork)
            .Select(a => a.Address.ToString())],
        TakenPorts = TakenPortsOf(wanted),
        DashboardIsThere = string.IsNullOrEmpty(dashboard) ? null : DashboardInstallation.In(dashboard, null, "Lab:Dashboard:Path") is not null,
        DataDirectory = directory is null ? null : Look(directory) with { FreeBytes = FreeBytesAt(directory.Path) },
    };

    private static Dictionary<int, string?> TakenPortsOf(IReadOnlyList<LabPortUse> wanted)
    {
        Dictionary<int, string?> taken = [];
        foreach (LabPortUse use in wanted)
        {
            // An address that is none of this machine's is a fault of its own.
            if (IPAddress.TryParse(use.BindAddress, out IPAddress? address) && address.AddressFamily == AddressFamily.InterNetwork
                && FreePorts.WhyTaken(address, use.Port) is { } error and not SocketError.AddressNotAvailable)
                taken[use.Port] = error == SocketError.AddressAlreadyInUse ? PortOwner.Find(use.Port) : null;
        }

        return taken;
    }

    private static DataDirectoryFacts Look(DataDirectory directory)
    {
        string path = directory.Path;
        if (File.Exists(path))
            return new(path, DataDirectoryState.NotADirectory);
        if (!Directory.Exists(path))
            return LookAbove(path);
        try
        {
            if (File.Exists(directory.StampPath))
                return CanWrite(path) ? new(path, DataDirectoryState.Ours) : new(path, DataDirectoryState.NotWritable);
            if (!directory.IsEmpty())
                return new(path, DataDirectoryState.NotOurs, $"it holds {Path.GetFileName(Directory.EnumerateFileSystemEntries(path).First())}");
            return CanWrite(path) ? new(path, DataDirectoryState.Empty) : new(path, DataDirectoryState.NotWritable);
        }
        catch (UnauthorizedAccessException refused)
        {
            return new(path, DataDirectoryState.NotWritable, refused.Message.TrimEnd('.'));
        }
    }

    private static DataDirectoryFacts LookAbove(string path)
    {
        string? above = Path.GetDirectoryName(path);
        while (above is not null && !Directory.Exists(above))
        {
            if (File.Exists(above))
                return new(path, DataDirectoryState.NotADirectory, $"{above} is a file");
            above = Path.GetDirectoryName(above);
        }

        return new(path, above is not null && CanWrite(above) ? DataDirectoryState.Missing : DataDirectoryState.NotWritable);
    }

    private static long? FreeBytesAt(string path)
    {
        string? there = path;
        while (there is not null && !Directory.Exists(there))
            there = Path.GetDirectoryName(there);
        try
        {
            return there is null ? null : new DriveInfo(there).AvailableFreeSpace;
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    // By trying: permissions, read-only file systems and special ones such as /proc have no other common answer.
    private static bool CanWrite(string folder)
    {
        string probe = Path.Combine(folder, ".cdclab-" + Guid.NewGuid().ToString("N"));
        try
        {
            Directory.CreateDirectory(probe);
            Directory.Delete(probe);
            return true;
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
