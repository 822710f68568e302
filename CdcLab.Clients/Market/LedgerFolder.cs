using System.Globalization;

namespace CdcLab.Clients.Market;

/// <summary>Where the ledger lies and how its segments are called; shared by who writes and who reads.</summary>
public static class LedgerFolder
{
    private const string Prefix = "ledger-";
    private const string Suffix = ".jsonl";

    /// <summary>The ledger's folder in a lab's data directory.</summary>
    /// <param name="dataDirectory">The lab's data directory.</param>
    /// <returns>A path.</returns>
    public static string In(string dataDirectory) => Path.Combine(dataDirectory, "ledger");

    /// <summary>The file of one segment.</summary>
    /// <param name="folder">The ledger's folder.</param>
    /// <param name="number">The segment's number, from 1; a later segment has a higher one.</param>
    /// <returns>A path.</returns>
    public static string Segment(string folder, long number) =>
        Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"{Prefix}{number:D8}{Suffix}"));

    /// <summary>The segments that are there, oldest first.</summary>
    /// <param name="folder">The ledger's folder; it need not exist.</param>
    /// <returns>Numbers and paths.</returns>
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
