using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using System.Text.Json;
using CdcLab.Clients.Market;

namespace CdcLab.Tests.Model.Market;

/// <summary>Reads the market's ledger, also while it is being written.</summary>
internal sealed class LedgerReader(string folder)
{
    /// <summary>Reads every complete line, oldest first. A last line without a line feed is left out: it is still written, or the writer was killed.</summary>
    /// <exception cref="InvalidDataException">A complete line is not a ledger entry.</exception>
    public async IAsyncEnumerable<LedgerEntry> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        foreach ((_, string path) in LedgerFolder.Segments(folder))
        {
            if (Open(path) is not { } file)
                continue;
            PipeReader pipe = PipeReader.Create(file);
            long lines = 0;
            ReadResult read;
            do
            {
                read = await pipe.ReadAsync(cancellationToken);
                ReadOnlySequence<byte> rest = read.Buffer;
                while (rest.PositionOf((byte)'\n') is { } end)
                {
                    lines++;
                    yield return Entry(rest.Slice(0, end)) ?? throw new InvalidDataException($"{path}, line {lines}: not a ledger entry.");
                    rest = rest.Slice(rest.GetPosition(1, end));
                }

                pipe.AdvanceTo(rest.Start, rest.End);
            }
            while (!read.IsCompleted);
            await pipe.CompleteAsync();
        }
    }

    private static LedgerEntry? Entry(ReadOnlySequence<byte> line)
    {
        try
        {
            return JsonSerializer.Deserialize(line.IsSingleSegment ? line.FirstSpan : line.ToArray(), LedgerJson.Default.LedgerEntry);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    // Null: the oldest segment was deleted since the folder was listed.
    private static FileStream? Open(string path)
    {
        try
        {
            return new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0, FileOptions.Asynchronous);
        }
        catch (FileNotFoundException)
        {
            return null;
        }
    }
}
