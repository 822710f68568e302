using CdcLab.Model.Live;

namespace CdcLab.Runtime.Standalone.Processes;

/// <summary>Reads a log's files back.</summary>
internal static class LogHistory
{
    /// <summary>Reads the last lines of the files, each up to the length that it has now, and closes them.</summary>
    /// <param name="files">The files, oldest first; null for one that is not there.</param>
    /// <param name="lines">How many lines at most.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>The lines, oldest first.</returns>
    public static async Task<IReadOnlyList<LogLine>> ReadAsync(IEnumerable<FileStream?> files, int lines, CancellationToken cancellationToken)
    {
        List<(FileStream File, long Length)> open = [.. files.OfType<FileStream>().Select(f => (f, f.Length))];
        try
        {
            Queue<LogLine> last = new();
            DateTimeOffset before = DateTimeOffset.UnixEpoch;
            foreach ((FileStream file, long length) in open)
            {
                using StreamReader reader = new(new FirstBytes(file, length));
                await foreach (string text in BoundedLines.ReadAsync(reader, cancellationToken))
                {
                    LogLine line = LogFileLine.Read(text, before);
                    before = line.At;
                    if (last.Count == lines)
                        last.Dequeue();
                    last.Enqueue(line);
                }
            }

            return [.. last];
        }
        finally
        {
            foreach ((FileStream file, _) in open)
                await file.DisposeAsync();
        }
    }
}
