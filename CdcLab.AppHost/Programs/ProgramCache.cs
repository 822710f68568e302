using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace CdcLab.AppHost.Programs;

/// <summary>
/// The folder in which fetched parts are kept, one folder each: <c>PART-VERSION</c>. A part that is there is used as it is, without the
/// network and without writing anything; a part that is not is fetched by one process at a time and appears whole or not at all.
/// </summary>
internal sealed class ProgramCache
{
    private const string Fetching = ".fetching-";

    // Tools give up with some room left: less than one of their buffers, or than the one file that did not fit.
    private const long FullBytes = 32L << 20;

    private readonly TimeProvider _time;

    /// <summary>Uses a folder as the cache.</summary>
    /// <param name="root">The folder; a relative path counts from the current directory. It need not exist.</param>
    /// <param name="time">The clock; the system's when null.</param>
    public ProgramCache(string root, TimeProvider? time = null)
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
    public static ProgramCache OfUser(Func<string, string?> environment)
    {
        ArgumentNullException.ThrowIfNull(environment);
        // The XDG specification: a relative path in the variable is to be ignored.
        var cache = environment("XDG_CACHE_HOME") is { Length: > 0 } xdg && Path.IsPathRooted(xdg)
            ? xdg
            : Path.Combine(environment("HOME") is { Length: > 0 } home ? home : Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache");
        return new ProgramCache(Path.Combine(cache, "cdclab"));
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
    /// <exception cref="ProgramUnavailableException">The part cannot be fetched, or the cache cannot be written.</exception>
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
            throw new ProgramUnavailableException(
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
        catch (ProgramUnavailableException e) when (new DriveInfo(work).AvailableFreeSpace < FullBytes || e.Message.Contains("No space left", StringComparison.Ordinal))
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
    /// <exception cref="ProgramUnavailableException">Another process held it until the deadline.</exception>
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
                throw new ProgramUnavailableException($"Another start has held {path} for {deadline.TotalMinutes:0.#} minutes: end it, then try again.");
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

/// <summary>
/// What a cached part is made of. It is written last, so a folder without one is not a part; the lengths let a start see that
/// files were lost or cut short since (a full disk, a power cut, a hand that cleaned up) without reading them all.
/// </summary>
/// <param name="Part">The part's name.</param>
/// <param name="Version">Its version, as in the folder's name.</param>
/// <param name="Origin">Where it came from, for people.</param>
/// <param name="Contents">What it was made of: the archive's digest, or packages with their versions.</param>
/// <param name="Files">Length in bytes of every regular file, by its path below the folder.</param>
internal sealed record PartManifest(string Part, string Version, string Origin, IReadOnlyList<string> Contents, IReadOnlyDictionary<string, long> Files)
{
    /// <summary>The manifest's file name in the part's folder.</summary>
    public const string FileName = "cdclab-part.json";

    /// <summary>The numbers that the version begins with, for comparing: 9.7.4 of <c>9.7.4-2</c>.</summary>
    [JsonIgnore]
    public Version Number => VersionText.Number(Version) ?? new Version(0, 0);

    private static readonly JsonSerializerOptions Format = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    // Links are left out: where they point to a file of the part, that file is listed itself.
    private static readonly EnumerationOptions RegularFiles = new()
    {
        RecurseSubdirectories = true,
        AttributesToSkip = FileAttributes.ReparsePoint,
    };

    /// <summary>Lists the files of <paramref name="folder"/> and writes the manifest into it.</summary>
    public static async Task<PartManifest> WriteAsync(string folder, string part, FetchedPart fetched, CancellationToken cancellationToken)
    {
        var files = new DirectoryInfo(folder).EnumerateFiles("*", RegularFiles)
            .ToDictionary(file => Path.GetRelativePath(folder, file.FullName), file => file.Length, StringComparer.Ordinal);
        var manifest = new PartManifest(part, fetched.Version, fetched.Origin, fetched.Contents, files);
        await File.WriteAllTextAsync(Path.Combine(folder, FileName), JsonSerializer.Serialize(manifest, Format), cancellationToken);
        return manifest;
    }

    /// <summary>Reads the manifest of <paramref name="folder"/>; null when there is none, it is not readable, or a file is not as it says.</summary>
    public static PartManifest? ReadIntact(string folder) =>
        Read(folder) is { } manifest && manifest.Files.All(file => new FileInfo(Path.Combine(folder, file.Key)) is { Exists: true } info && info.Length == file.Value)
            ? manifest
            : null;

    /// <summary>Reads the manifest of <paramref name="folder"/>, whatever has become of the files; null when there is none, or it is not readable.</summary>
    public static PartManifest? Read(string folder)
    {
        try
        {
            PartManifest? manifest = JsonSerializer.Deserialize<PartManifest>(File.ReadAllText(Path.Combine(folder, FileName)));
            return manifest is { Part: not null, Version: not null, Origin: not null, Contents: not null, Files: not null } ? manifest : null;
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException)
        {
            // Not a whole part, for whatever reason: it is fetched again, and that says what is wrong with the folder if something is.
            return null;
        }
    }
}

/// <summary>A part that was just fetched and unpacked in a work folder, ready to be moved into the cache.</summary>
/// <param name="Folder">Its unpacked tree, below the work folder.</param>
/// <param name="Version">Its version; becomes the end of the cache folder's name.</param>
/// <param name="Origin">Where it came from, for people.</param>
/// <param name="Contents">What it was made of, one line each.</param>
internal sealed record FetchedPart(string Folder, string Version, string Origin, IReadOnlyList<string> Contents);

/// <summary>A whole part in the cache.</summary>
/// <param name="Folder">Its folder.</param>
/// <param name="Manifest">What is known of it.</param>
internal sealed record CachedPart(string Folder, PartManifest Manifest);
