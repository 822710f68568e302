using System.Runtime.CompilerServices;

namespace CdcLab.Clients.Market;

/// <summary>Reads the market's ledger, also while it is being written.</summary>
/// <param name="folder">The ledger's folder.</param>
public sealed class LedgerReader(string folder)
{
    private const int BufferSize = 1 << 16;

    /// <summary>Reads every complete line, oldest first. A last line without a line feed is left out: it is still being written, or the writer was killed.</summary>
    /// <exception cref="InvalidDataException">A complete line is not a ledger entry.</exception>
    public async IAsyncEnumerable<LedgerEntry> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        foreach ((_, string path) in LedgerFolder.Segments(folder))
        {
            if (Open(path) is not { } file)
                continue;
            await using (file)
            {
                byte[] buffer = new byte[BufferSize];
                int held = 0;
                long lines = 0;
                int read;
                while ((read = await file.ReadAsync(buffer.AsMemory(held), cancellationToken)) > 0)
                {
                    int end = held + read;
                    int start = 0;
                    int length;
                    while ((length = buffer.AsSpan(start, end - start).IndexOf((byte)'\n')) >= 0)
                    {
                        lines++;
                        if (!LedgerLine.TryRead(buffer.AsSpan(start, length), out LedgerEntry? entry))
                            throw new InvalidDataException($"{path}, line {lines}: not a ledger entry.");
                        yield return entry;
                        start += length + 1;
                    }

                    held = end - start;
                    Buffer.BlockCopy(buffer, start, buffer, 0, held);
                    // A purge lists many orders: its line can be longer than the buffer.
                    if (held == buffer.Length)
                        Array.Resize(ref buffer, buffer.Length * 2);
                }
            }
        }
    }

    // Null: the oldest segment was deleted since the folder was listed.
    private static FileStream? Open(string path)
    {
        try
        {
            return new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0, FileOptions.Asynchronous | FileOptions.SequentialScan);
        }
        catch (FileNotFoundException)
        {
            return null;
        }
    }
}

/// <summary>The ledger's folder and the names of its segments.</summary>
public static class LedgerFolder
{
    private const string Prefix = "ledger-";
    private const string Suffix = ".jsonl";

    /// <summary>The ledger's folder in a lab's data directory.</summary>
    public static string In(string dataDirectory) => Path.Combine(dataDirectory, "ledger");

    /// <summary>The file of one segment.</summary>
    public static string Segment(string folder, long number) =>
        Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"{Prefix}{number:D8}{Suffix}"));

    /// <summary>The existing segments, oldest first.</summary>
    public static IReadOnlyList<(long Number, string Path)> Segments(string folder)
    {
        if (!Directory.Exists(folder))
            return [];
        List<(long Number, string Path)> segments = [];
        foreach (string path in Directory.EnumerateFiles(folder, Prefix + "*" + Suffix))
        {
            if (long.TryParse(Path.GetFileName(path)[Prefix.Length..^Suffix.Length], NumberStyles.None, CultureInfo.InvariantCulture, out long number))
                segments.Add((number, path));
        }

        segments.Sort();
        return segments;
    }
}
