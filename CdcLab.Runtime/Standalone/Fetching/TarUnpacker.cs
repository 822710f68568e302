using System.Formats.Tar;
using System.IO.Compression;

namespace CdcLab.Runtime.Standalone.Fetching;

/// <summary>Unpacks a <c>.tgz</c> whose entries all lie in one folder, without that folder's name.</summary>
internal static class TarUnpacker
{
    // Kafka's archive unpacks to 120 MB. Far beyond that is no Kafka, and must not fill the disk.
    private const long MaxUnpackedBytes = 2L << 30;

    /// <summary>Unpacks <paramref name="archive"/> into <paramref name="folder"/>.</summary>
    /// <exception cref="InvalidDataException">It is no such archive, or an entry would land outside the folder.</exception>
    public static async Task UnpackAsync(string archive, string folder, ThrottledProgress progress, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(folder);
        await using var file = new FileStream(archive, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16, useAsync: true);
        await using var unzipped = new GZipStream(file, CompressionMode.Decompress);
        await using var tar = new TarReader(unzipped);
        var unpacked = 0L;
        try
        {
            while (await tar.GetNextEntryAsync(copyData: false, cancellationToken) is { } entry)
            {
                progress.Report("unpacking", file.Position, file.Length);
                unpacked += entry.Length;
                if (unpacked > MaxUnpackedBytes)
                    throw new InvalidDataException("it unpacks to more than 2 GiB");
                await UnpackAsync(entry, folder, cancellationToken);
            }
        }
        catch (EndOfStreamException e)
        {
            throw new InvalidDataException("it ends too early", e);
        }

        progress.Report("unpacking", file.Length, file.Length);
    }

    private static async Task UnpackAsync(TarEntry entry, string folder, CancellationToken cancellationToken)
    {
        if (entry.EntryType is TarEntryType.GlobalExtendedAttributes)
            return;
        var path = PathBelow(folder, entry.Name);
        switch (entry.EntryType)
        {
            case TarEntryType.Directory:
                Directory.CreateDirectory(path);
                break;
            case TarEntryType.RegularFile or TarEntryType.V7RegularFile when path == folder:
                throw new InvalidDataException($"its file {entry.Name} lies in no folder");
            case TarEntryType.RegularFile or TarEntryType.V7RegularFile:
                Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                await entry.ExtractToFileAsync(path, overwrite: false, cancellationToken);
                break;
            default:
                // Apache's archives hold files and folders only. A link could make a later entry land anywhere.
                throw new InvalidDataException($"its entry {entry.Name} is neither a file nor a folder ({entry.EntryType})");
        }
    }

    /// <summary>Where an entry belongs: below <paramref name="folder"/>, without the first part of its name.</summary>
    /// <exception cref="InvalidDataException">It would lie outside.</exception>
    internal static string PathBelow(string folder, string entryName)
    {
        var parts = entryName.Split('/', StringSplitOptions.RemoveEmptyEntries);
        if (entryName.StartsWith('/') || parts.Contains("..") || entryName.Contains('\0'))
            throw new InvalidDataException($"its entry {entryName} would land outside its folder");
        var below = parts.Where(part => part != ".").Skip(1).ToArray();
        return Path.Combine([folder, .. below]);
    }
}
