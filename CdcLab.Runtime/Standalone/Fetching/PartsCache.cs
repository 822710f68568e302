namespace CdcLab.Runtime.Standalone.Fetching;

/// <summary>
/// The folder in which fetched parts are kept, one folder each: <c>PART-VERSION</c>. A part that is there is used as it is, without the
/// network and without writing anything; a part that is not is fetched by one process at a time and appears whole or not at all.
/// </summary>
public sealed class PartsCache
{
    private const string Fetching = ".fetching-";

    // Tools give up with some room left: less than one of their buffers, or than the one file that did not fit.
    private const long FullBytes = 32L << 20;

    private readonly TimeProvider _time;

    /// <summary>Uses a folder as the cache.</summary>
    /// <param name="root">The folder; a relative path counts from the current directory. It need not exist.</param>
    /// <param name="time">The clock; the system's when null.</param>
    public PartsCache(string root, TimeProvider? time = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(root);
        Root = Path.GetFullPath(root);
        _time = time ?? TimeProvider.System;
    }

    /// <summary>The folder, absolute.</summary>
    public string Root { get; }

    /// <summary>How long a start waits for another one that fetches the same part. A slow line may need long for Kafka's 100 MB.</summary>
    internal TimeSpan LockDeadline { get; init; } = TimeSpan.FromMinutes(20);

    /// <summary>The cache of this user: <c>${XDG_CACHE_HOME:-~/.cache}/cdclab</c>.</summary>
    /// <param name="environment">Reads an environment variable.</param>
    public static PartsCache OfUser(Func<string, string?> environment)
    {
        ArgumentNullException.ThrowIfNull(environment);
        // The XDG specification: a relative path in the variable is to be ignored.
        var cache = environment("XDG_CACHE_HOME") is { Length: > 0 } xdg && Path.IsPathRooted(xdg)
            ? xdg
            : Path.Combine(environment("HOME") is { Length: > 0 } home ? home : Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache");
        return new PartsCache(Path.Combine(cache, "cdclab"));
    }

    /// <summary>The file whose lock gives the right to change a part.</summary>
    internal string LockPath(string part) => Path.Combine(Root, $".{part}.lock");

    /// <summary>The part whose fetch made a work folder of this name; null where it is none.</summary>
    internal static string? PartBeingFetched(string folderName) =>
        folderName is ['.', ..] && folderName.IndexOf(Fetching, StringComparison.Ordinal) is > 1 and var at ? folderName[1..at] : null;

    /// <summary>Finds the newest whole cached version of a part that is accepted, without the network and without writing.</summary>
    internal CachedPart? Find(string part, Func<PartManifest, bool> accepts)
    {
        if (!Directory.Exists(Root))
            return null;
        return Directory.EnumerateDirectories(Root, part + "-*")
            .Select(folder => PartManifest.ReadIntact(folder) is { } manifest && manifest.Part == part ? new CachedPart(folder, manifest) : null)
            .OfType<CachedPart>()
            .Where(cached => accepts(cached.Manifest))
            .OrderByDescending(cached => cached.Manifest.Number)
            .FirstOrDefault();
    }

    /// <summary>Finds a part in the cache, or fetches it into the cache.</summary>
    /// <param name="part">The part's name.</param>
    /// <param name="accepts">Which cached versions will do.</param>
    /// <param name="fetch">Fetches and unpacks the part in the work folder that it is given.</param>
    /// <param name="progress">Told of what is done.</param>
    /// <param name="cancellationToken">Ends the fetch; the work folder is removed.</param>
    /// <exception cref="UnavailableException">The part cannot be fetched, or the cache cannot be written.</exception>
    internal async Task<CachedPart> GetAsync(
        string part,
        Func<PartManifest, bool> accepts,
        Func<string, CancellationToken, Task<FetchedPart>> fetch,
        ThrottledProgress progress,
        CancellationToken cancellationToken)
    {
        // First without the lock: a read-only cache that holds the part must do.
        if (Find(part, accepts) is { } cached)
            return cached;
        try
        {
            Directory.CreateDirectory(Root);
            using var @lock = await PartLock.AcquireAsync(LockPath(part), LockDeadline, progress, _time, cancellationToken);
            if (Find(part, accepts) is { } fetchedMeanwhile)
                return fetchedMeanwhile;
            return await FetchUnderLockAsync(part, fetch, cancellationToken);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UnavailableException(
                $"{part} cannot be kept in {Root}: {e.Message.TrimEnd('.')}. Make room or allow writing there, or set XDG_CACHE_HOME to another folder.");
        }
    }

    private async Task<CachedPart> FetchUnderLockAsync(
        string part, Func<string, CancellationToken, Task<FetchedPart>> fetch, CancellationToken cancellationToken)
    {
        var prefix = $".{part}{Fetching}";
        foreach (var leftover in Directory.EnumerateDirectories(Root, prefix + "*"))
            Remove(leftover);

        var work = Path.Combine(Root, prefix + Guid.NewGuid().ToString("n"));
        Directory.CreateDirectory(work);
        try
        {
            var fetched = await fetch(work, cancellationToken);
            var manifest = await PartManifest.WriteAsync(fetched.Folder, part, fetched, cancellationToken);
            var target = Path.Combine(Root, $"{part}-{fetched.Version}");
            // A damaged part of the same version makes way; it goes with the work folder.
            if (Directory.Exists(target))
                Directory.Move(target, Path.Combine(work, "damaged"));
            Directory.Move(fetched.Folder, target);
            return new CachedPart(target, manifest);
        }
        catch (UnavailableException e) when (new DriveInfo(work).AvailableFreeSpace < FullBytes || e.Message.Contains("No space left", StringComparison.Ordinal))
        {
            // apt, dpkg and tar each have their own words for it, some of them misleading.
            throw new IOException($"the disk is full ({e.Message.TrimEnd('.')})", e);
        }
        finally
        {
            Remove(work);
        }
    }

    private static void Remove(string folder)
    {
        try
        {
            Directory.Delete(folder, recursive: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A tool that was just killed may still have written into it. It is found again by its name, and removed, by the next fetch;
            // failing here would hide why the fetch ended.
        }
    }
}
