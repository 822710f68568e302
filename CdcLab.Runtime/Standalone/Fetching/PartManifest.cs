using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace CdcLab.Runtime.Standalone.Fetching;

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
