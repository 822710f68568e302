using System.Runtime.CompilerServices;

namespace CdcLab.Clients.Market;

/// <summary>Reads the market's ledger, also while it is being written.</summary>
/// <param name="folder">The ledger's folder.</param>
public sealed class LedgerReader(string folder)
{
    private const int BufferSize = 1 << 16;

    /// <summary>Reads every whole line that is there when its segment is reached, oldest first. A last line without an end is one that is still being
    /// written, or that a kill cut: it is left out.</summary>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <returns>The entries.</returns>
    /// <exception cref="InvalidDataException">A whole line is no ledger entry: the file is not what the simulator wrote.</exception>
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
                    // A purge's line names many orders and may be longer than the buffer.
                    if (held == buffer.Length)
                        Array.Resize(ref buffer, buffer.Length * 2);
                }
            }
        }
    }

    // Null: the segment was the oldest and went between the listing and now.
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
