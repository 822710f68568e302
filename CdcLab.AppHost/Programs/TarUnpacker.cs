using System.Formats.Tar;
using System.IO.Compression;

namespace CdcLab.AppHost.Programs;

/// <summary>Unpacks a <c>.tgz</c> whose entries all lie in one folder, without that folder's name.</summary>
internal static class TarUnpacker
{
    /// <summary>Unpacks <paramref name="archive"/>, whose digest was checked, into <paramref name="folder"/>.</summary>
    /// <exception cref="InvalidDataException">It is no such archive.</exception>
    public static async Task UnpackAsync(string archive, string folder, ThrottledProgress progress, CancellationToken cancellationToken)
    {
        progress.Report("unpacking");
        var all = Directory.CreateDirectory(folder + ".unpacking").FullName;
        await using var file = File.OpenRead(archive);
        await using var unzipped = new GZipStream(file, CompressionMode.Decompress);
        try
        {
            await TarFile.ExtractToDirectoryAsync(unzipped, all, overwriteFiles: false, cancellationToken);
        }
        catch (EndOfStreamException e)
        {
            throw new InvalidDataException("it ends too early", e);
        }

        if (Directory.GetFileSystemEntries(all) is not [var only] || !Directory.Exists(only))
            throw new InvalidDataException("its entries do not lie in one folder");
        Directory.Move(only, folder);
    }
}
