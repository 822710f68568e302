namespace CdcLab.Runtime.Standalone.Fetching;

/// <summary>
/// The right to change one part of the cache, held by one process at a time. The lock is the operating system's (flock), so it
/// ends with its holder, however that dies; the file itself stays, because deleting it would let two holders in.
/// </summary>
internal sealed class PartLock : IDisposable
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(100);

    private readonly FileStream _file;

    private PartLock(FileStream file) => _file = file;

    /// <summary>Waits for the lock.</summary>
    /// <exception cref="UnavailableException">Another process held it until the deadline.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be written.</exception>
    public static async Task<PartLock> AcquireAsync(
        string path, TimeSpan deadline, ThrottledProgress progress, TimeProvider time, CancellationToken cancellationToken)
    {
        var start = time.GetTimestamp();
        while (true)
        {
            if (TryOpen(path, FileMode.OpenOrCreate) is { } file)
                return new PartLock(file);
            if (time.GetElapsedTime(start) >= deadline)
                throw new UnavailableException($"Another start has held {path} for {deadline.TotalMinutes:0.#} minutes: end it, then try again.");
            progress.Report("waiting for another start");
            await Task.Delay(Poll, time, cancellationToken);
        }
    }

    /// <summary>Takes the lock, if nobody has it.</summary>
    /// <returns>The lock; null when another process holds it.</returns>
    public static PartLock? TryAcquire(string path) => TryOpen(path, FileMode.OpenOrCreate) is { } file ? new PartLock(file) : null;

    /// <summary>Whether another process holds the lock; writes nothing.</summary>
    public static bool IsHeld(string path)
    {
        if (!File.Exists(path))
            return false;
        using FileStream? file = TryOpen(path, FileMode.Open);
        return file is null;
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    private static FileStream? TryOpen(string path, FileMode mode)
    {
        try
        {
            return new FileStream(path, mode, FileAccess.ReadWrite, FileShare.None, bufferSize: 1);
        }
        catch (IOException e) when (IsHeldElsewhere(e))
        {
            return null;
        }
    }

    // .NET reports a lock held elsewhere as an IOException with the system's EWOULDBLOCK (11); a full or broken disk has another number.
    private static bool IsHeldElsewhere(IOException e) => e.GetType() == typeof(IOException) && (e.HResult & 0xFFFF) == 11;
}
