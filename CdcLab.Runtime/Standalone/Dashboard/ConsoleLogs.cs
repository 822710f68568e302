using System.Runtime.CompilerServices;
using CdcLab.Model.Live;
using CdcLab.Runtime.Standalone.Dashboard.Wire;

namespace CdcLab.Runtime.Standalone.Dashboard;

/// <summary>A log in the pieces that the dashboard takes. What a reader has not taken is kept by the log, within its bounds, not here.</summary>
internal static class ConsoleLogs
{
    private const int MostLines = 1_000;

    // Three bytes each at most: well below the 4 MB that gRPC takes in one message.
    private const int MostCharacters = 512 * 1024;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    /// <summary>Reads a log from its beginning.</summary>
    /// <param name="control">The lab.</param>
    /// <param name="name">The server or service. It may not be there yet: a lab fetches its programs first.</param>
    /// <param name="follow">Whether to go on after what is there.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>The pieces.</returns>
    public static async IAsyncEnumerable<WatchResourceConsoleLogsUpdate> ReadAsync(ILabControl control, string name, bool follow, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        while (!(await control.ListAsync(cancellationToken)).Any(s => s.Name == name))
        {
            if (!follow)
                yield break;
            await Task.Delay(Pause, cancellationToken);
        }

        int number = 0;
        await foreach (IReadOnlyList<LogLine> lines in control.FollowLogAsync(name, follow, cancellationToken))
        {
            WatchResourceConsoleLogsUpdate piece = new();
            int characters = 0;
            foreach (LogLine line in lines)
            {
                string text = ConsoleText.Of(line);
                if (piece.LogLines.Count == MostLines || characters + text.Length > MostCharacters)
                {
                    yield return piece;
                    (piece, characters) = (new(), 0);
                }

                piece.LogLines.Add(new ConsoleLogLine { Text = text, IsStdErr = line.IsError, LineNumber = ++number });
                characters += text.Length;
            }

            if (piece.LogLines.Count > 0)
                yield return piece;
        }
    }
}
