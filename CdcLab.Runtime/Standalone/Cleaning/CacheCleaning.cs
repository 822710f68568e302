using CdcLab.Runtime.Standalone.Fetching;

namespace CdcLab.Runtime.Standalone.Cleaning;

/// <summary>Takes away what was fetched: the parts, and what fetches that were killed left; nothing that a process uses, and nothing else.</summary>
/// <param name="cache">The cache.</param>
public sealed class CacheCleaning(PartsCache cache)
{
    /// <summary>What is in the cache: what would go, and what stays and why.</summary>
    /// <param name="cancellationToken">Gives it up.</param>
    /// <returns>Nothing where there is no cache.</returns>
    /// <exception cref="UnavailableException">It is another user's.</exception>
    public async Task<IReadOnlyList<FoundItem>> FindAsync(CancellationToken cancellationToken)
    {
        if (!Directory.Exists(cache.Root))
            return [];
        await Owner.ThrowIfAnotherAsync(cache.Root, cancellationToken);
        return [.. Directory.EnumerateFileSystemEntries(cache.Root).Where(e => !IsLock(e)).Order(StringComparer.Ordinal).Select(e => FoundItem.At(e, WhyKept(e)))];
    }

    /// <summary>Deletes what can go, each part under its lock, so that no fetch is disturbed.</summary>
    /// <param name="cancellationToken">Gives it up.</param>
    /// <returns>What stayed, and why.</returns>
    /// <exception cref="UnavailableException">It is another user's.</exception>
    public async Task<IReadOnlyList<FoundItem>> RunAsync(CancellationToken cancellationToken)
    {
        List<FoundItem> kept = [];
        foreach (FoundItem item in await FindAsync(cancellationToken))
        {
            if (item.WhyKept is not null)
            {
                kept.Add(item);
                continue;
            }

            using PartLock? held = PartLock.TryAcquire(cache.LockPath(PartOf(item.Path)!));
            if (held is null)
                kept.Add(item with { WhyKept = "being fetched" });
            else if (ProcessesUsing.Folder(item.Path) is { } why)
                kept.Add(item with { WhyKept = why });
            else
                DataReset.Delete(item.Path);
        }

        return kept;
    }

    private string? WhyKept(string path)
    {
        if (PartOf(path) is not { } part)
            return "not of this program's making";
        if (PartLock.IsHeld(cache.LockPath(part)))
            return "being fetched";
        return ProcessesUsing.Folder(path);
    }

    private static bool IsLock(string path) => Path.GetFileName(path) is ['.', ..] name && name.EndsWith(".lock", StringComparison.Ordinal);

    /// <summary>The part that a folder of the cache belongs to; null where it is not of our making.</summary>
    private static string? PartOf(string path)
    {
        string name = Path.GetFileName(path);
        if (PartsCache.PartBeingFetched(name) is { } fetched)
            return fetched;
        return new FileInfo(path).LinkTarget is null && PartManifest.Read(path) is { } manifest && name == $"{manifest.Part}-{manifest.Version}" ? manifest.Part : null;
    }
}
