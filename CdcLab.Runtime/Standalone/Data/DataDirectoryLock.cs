namespace CdcLab.Runtime.Standalone.Data;

/// <summary>The lock that a running lab holds on its data directory. The kernel gives it back when the host ends, however it ends.</summary>
internal sealed class DataDirectoryLock : IDisposable
{
    // EWOULDBLOCK: somebody else holds the lock. Any other error (a full or a broken disk) is told as what it is.
    private const int WouldBlock = 11;

    private readonly FileStream _file;

    private DataDirectoryLock(FileStream file) => _file = file;

    /// <summary>Takes the lock.</summary>
    /// <returns>The lock; null when another host holds it.</returns>
    public static DataDirectoryLock? TryTake(DataDirectory directory)
    {
        try
        {
            // FileShare.None is flock(2) on Linux, and the file is not handed to child processes.
            return new(new FileStream(directory.LockPath, new FileStreamOptions
            {
                Mode = FileMode.OpenOrCreate,
                Access = FileAccess.ReadWrite,
                Share = FileShare.None,
                UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
            }));
        }
        catch (IOException held) when (held.HResult == WouldBlock)
        {
            return null;
        }
    }

    /// <summary>Whether a host holds the lock; makes no file.</summary>
    public static bool IsHeld(DataDirectory directory)
    {
        if (!File.Exists(directory.LockPath))
            return false;
        using DataDirectoryLock? taken = TryTake(directory);
        return taken is null;
    }

    public void Dispose() => _file.Dispose();
}
