using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace CdcLab.AppHost.Programs;

/// <summary>The folder in which fetched parts are kept, one folder each: <c>PART-VERSION</c>. A part that is there is used as it is, without the
/// network and without writing anything; a part that is not is fetched by one process at a time and appears whole or not at all.</summary>
internal sealed class ProgramCache(string root)
{
    // Tools give up with some room left: less than one of their buffers, or than the one file that did not fit.
    private const long FullBytes = 32L << 20;

    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(100);

    public string Root { get; } = Path.GetFullPath(root);

    /// <summary>How long a start waits for another one that fetches the same part. A slow line may need long for Kafka's 100 MB.</summary>
    internal TimeSpan LockDeadline { get; init; } = TimeSpan.FromMinutes(20);

    public static ProgramCache OfUser(Func<string, string?> environment)
    {
        // The XDG specification: a relative path in the variable is to be ignored.
        var cache = environment("XDG_CACHE_HOME") is { Length: > 0 } xdg && Path.IsPathRooted(xdg)
            ? xdg
            : Path.Combine(environment("HOME") is { Length: > 0 } home ? home : Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache");
        return new ProgramCache(Path.Combine(cache, "cdclab"));
    }

    /// <summary>Why it can never hold anything: a file where it or a folder above it would be. One that is read-only may hold all that is needed.</summary>
    public string? Fault()
    {
        var at = Root;
        while (!Path.Exists(at))
            at = Path.GetDirectoryName(at)!;
        return Directory.Exists(at) ? null : $"XDG_CACHE_HOME: programs cannot be kept in {Root}, because {at} is no folder: set it to a folder of your own, or unset it.";
    }

    /// <summary>The newest whole cached version of a part that is accepted.</summary>
    internal CachedPart? Find(string part, Func<PartManifest, bool> accepts)
        => !Directory.Exists(Root) ? null : Directory.EnumerateDirectories(Root, part + "-*")
            .Select(folder => (Folder: folder, Manifest: PartManifest.ReadIntact(folder)))
            .Where(found => found.Manifest is { } manifest && manifest.Part == part && accepts(manifest))
            .Select(found => new CachedPart(found.Folder, found.Manifest!))
            .MaxBy(cached => cached.Manifest.Number);

    /// <summary>Finds a part in the cache, or has it fetched and unpacked in a work folder and moves it into the cache.</summary>
    internal async Task<CachedPart> GetAsync(
        string part, Func<PartManifest, bool> accepts, Func<string, CancellationToken, Task<FetchedPart>> fetch, PartProgress progress,
        CancellationToken cancellationToken)
    {
        // First without the lock: a read-only cache that holds the part must do.
        if (Find(part, accepts) is { } cached)
            return cached;
        try
        {
            Directory.CreateDirectory(Root);
            await using var held = await LockAsync(part, progress, cancellationToken);
            return Find(part, accepts) ?? await FetchUnderLockAsync(part, fetch, cancellationToken);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ProgramUnavailableException(
                $"{part} cannot be kept in {Root}: {e.Message.TrimEnd('.')}. Make room or allow writing there, or set XDG_CACHE_HOME to another folder.");
        }
    }

    // The lock is the operating system's (flock), so it ends with its holder, however that dies; the file itself stays, because deleting
    // it would let two holders in.
    private async Task<FileStream> LockAsync(string part, PartProgress progress, CancellationToken cancellationToken)
    {
        var path = Path.Combine(Root, $".{part}.lock");
        var start = TimeProvider.System.GetTimestamp();
        while (true)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 1);
            }
            // A lock held elsewhere is an IOException with the system's EWOULDBLOCK (11); a full or broken disk has another number.
            catch (IOException e) when (e.GetType() == typeof(IOException) && (e.HResult & 0xFFFF) == 11)
            {
                if (TimeProvider.System.GetElapsedTime(start) >= LockDeadline)
                    throw new ProgramUnavailableException($"Another start has held {path} for {LockDeadline.TotalMinutes:0.#} min: end it, then try again.");
            }

            progress.Report("waiting for another start");
            await Task.Delay(Poll, cancellationToken);
        }
    }

    private async Task<CachedPart> FetchUnderLockAsync(
        string part, Func<string, CancellationToken, Task<FetchedPart>> fetch, CancellationToken cancellationToken)
    {
        var prefix = $".{part}.fetching-";
        foreach (var leftover in Directory.EnumerateDirectories(Root, prefix + "*"))
            Remove(leftover);

        var work = Directory.CreateDirectory(Path.Combine(Root, prefix + Guid.NewGuid().ToString("n"))).FullName;
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
        catch (ProgramUnavailableException e)
            when (new DriveInfo(work).AvailableFreeSpace < FullBytes || e.Message.Contains("No space left", StringComparison.Ordinal))
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

/// <summary>What a cached part is made of: its origin for people, the archive's digest or its packages, and the length of every regular file by its path.
/// It is written last, so a folder without one is not a part; the lengths let a start see that files were lost or cut short since (a full disk,
/// a power cut, a hand that cleaned up) without reading them all.</summary>
internal sealed record PartManifest(string Part, string Version, string Origin, IReadOnlyList<string> Contents, IReadOnlyDictionary<string, long> Files)
{
    public const string FileName = "cdclab-part.json";

    private static readonly JsonSerializerOptions Format = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    // Links are left out: where they point to a file of the part, that file is listed itself.
    private static readonly EnumerationOptions RegularFiles = new() { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint };

    /// <summary>The numbers that the version begins with, for comparing: 9.7.4 of <c>9.7.4-2</c>.</summary>
    [JsonIgnore]
    public Version Number => VersionText.Number(Version) ?? new Version(0, 0);

    public static async Task<PartManifest> WriteAsync(string folder, string part, FetchedPart fetched, CancellationToken cancellationToken)
    {
        var files = new DirectoryInfo(folder).EnumerateFiles("*", RegularFiles)
            .ToDictionary(file => Path.GetRelativePath(folder, file.FullName), file => file.Length);
        PartManifest manifest = new(part, fetched.Version, fetched.Origin, fetched.Contents, files);
        await File.WriteAllTextAsync(Path.Combine(folder, FileName), JsonSerializer.Serialize(manifest, Format), cancellationToken);
        return manifest;
    }

    public static PartManifest? ReadIntact(string folder)
    {
        try
        {
            var manifest = JsonSerializer.Deserialize<PartManifest>(File.ReadAllText(Path.Combine(folder, FileName)));
            return manifest is { Part: not null, Version: not null, Origin: not null, Contents: not null, Files: not null }
                && manifest.Files.All(file => new FileInfo(Path.Combine(folder, file.Key)) is { Exists: true } info && info.Length == file.Value)
                ? manifest
                : null;
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException)
        {
            // Not a whole part, for whatever reason: it is fetched again, and that says what is wrong with the folder if something is.
            return null;
        }
    }
}

internal sealed record FetchedPart(string Folder, string Version, string Origin, IReadOnlyList<string> Contents);

internal sealed record CachedPart(string Folder, PartManifest Manifest);
