namespace CdcLab.Verifier.Checks;

/// <summary>The disk of the servers' data has room: MySQL and the brokers stop, or wait without a word, where it is full.</summary>
internal sealed class DiskCheck(FiguresStore figures) : ICheck
{
    private const long LeastBytes = 256 * ByteSize.MiB;

    private readonly Promise _disk = new("mysql.disk", ResourceNames.MySql, $"at least {ByteSize.ToMiB(LeastBytes)} free", "on a full disk MySQL waits in the middle of a commit, and brokers end")
    {
        How = "the AppHost asks the system for the free space of the data directory, or of the engine's folder",
        Remedy = "free space on that disk; MySQL tries again within a minute",
        Source = "MySQL Reference Manual, \"How MySQL Handles a Full Disk\"",
    };

    public IReadOnlyList<Promise> Promises => [_disk];

    public Task<IReadOnlyList<Verdict>> LookAsync(CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<Verdict>>([Judge(figures.Require().DataDisk)]);

    internal Verdict Judge(DiskFigures? disk)
    {
        if (disk is null)
            return _disk.Unknown("The free space of the data's disk could not be read.", "See the AppHost's output.");
        string found = $"{ByteSize.ToMiB(disk.FreeBytes)} of {ByteSize.ToMiB(disk.TotalBytes)} free at {disk.Folder}";
        return disk.FreeBytes >= LeastBytes ? _disk.Ok(found) : _disk.Failed(found, "Free space on that disk, or move the lab (Lab:DataDirectory). MySQL goes on within a minute; a broker that has ended has to be started.");
    }
}
