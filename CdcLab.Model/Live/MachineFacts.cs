namespace CdcLab.Model.Live;

/// <summary>What the options are judged against: this machine, as it was found before the start.</summary>
public sealed record MachineFacts
{
    /// <summary>The machine's memory in bytes; null where it could not be read.</summary>
    public long? TotalMemoryBytes { get; init; }

    /// <summary>Whether the user may do what only root may, such as listening below port 1024.</summary>
    public bool UserIsRoot { get; init; }

    /// <summary>The machine's IPv4 addresses, e.g. <c>192.168.0.7</c>; null where they could not be read. 127.0.0.1 and 0.0.0.0 need not be among them.</summary>
    public IReadOnlyCollection<string>? LocalAddresses { get; init; }

    /// <summary>The TCP ports that cannot be had, and who has each, as words such as <c>mysqld, pid 812</c>; null where that is not known. Ports beyond the lab's own do no harm.</summary>
    public IReadOnlyDictionary<int, string?> TakenPorts { get; init; } = new Dictionary<int, string?>();

    /// <summary>Whether <c>Lab:Dashboard:Path</c> leads to an Aspire dashboard; null where it is not set.</summary>
    public bool? DashboardIsThere { get; init; }

    /// <summary>The data directory; null where it is not to be judged, e.g. because it is a temporary one.</summary>
    public DataDirectoryFacts? DataDirectory { get; init; }
}
