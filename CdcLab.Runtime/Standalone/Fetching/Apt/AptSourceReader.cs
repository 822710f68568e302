using System.Text.RegularExpressions;

namespace CdcLab.Runtime.Standalone.Fetching.Apt;

/// <summary>Reads the machine's apt sources, in both of their formats.</summary>
internal static partial class AptSourceReader
{
    /// <summary>
    /// Reads <paramref name="mainFile"/> and the files of <paramref name="partsFolder"/>, in the order in which apt does. Entries for
    /// one address become one source. A file that this user may not read is passed over: it holds somebody's private archive.
    /// </summary>
    public static IReadOnlyList<AptSource> Read(string mainFile, string partsFolder)
    {
        var files = Directory.Exists(partsFolder)
            ? Directory.EnumerateFiles(partsFolder).Where(file => PartName().IsMatch(Path.GetFileName(file))).Order(StringComparer.Ordinal)
            : Enumerable.Empty<string>();
        return Merge(files.Prepend(mainFile).Where(File.Exists).SelectMany(ReadFile)).ToList();
    }

    /// <summary>Reads the one-line format: <c>deb [signed-by=...] ADDRESS SUITE COMPONENT...</c>.</summary>
    internal static IEnumerable<AptSource> ParseLines(IEnumerable<string> lines)
    {
        foreach (var line in lines)
        {
            if (Line().Match(line.Split('#')[0]) is not { Success: true } match)
                continue;
            var options = match.Groups["options"].Value.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)
                .Select(option => option.Split('=', 2))
                .Where(option => option.Length == 2)
                .ToLookup(option => option[0].TrimEnd('+', '-').ToLowerInvariant(), option => option[1]);
            if (options["arch"].Any() && !options["arch"].Any(value => value.Split(',').Contains("amd64")))
                continue;
            yield return new AptSource(
                match.Groups["address"].Value,
                [match.Groups["suite"].Value],
                match.Groups["components"].Value.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries),
                options["signed-by"].FirstOrDefault(),
                options["trusted"].Any(IsYes));
        }
    }

    /// <summary>Reads the newer format of stanzas.</summary>
    internal static IEnumerable<AptSource> ParseStanzas(IEnumerable<string> lines)
        => from stanza in Deb822.Parse(lines)
           where stanza.Words("Types").Contains("deb")
               && (!stanza.TryGetValue("Enabled", out var enabled) || IsYes(enabled))
               && (stanza.Words("Architectures") is not { Length: > 0 } architectures || architectures.Contains("amd64"))
           from address in stanza.Words("URIs")
           select new AptSource(
               address,
               stanza.Words("Suites"),
               stanza.Words("Components"),
               stanza.GetValueOrDefault("Signed-By"),
               stanza.TryGetValue("Trusted", out var trusted) && IsYes(trusted));

    private static IEnumerable<AptSource> ReadFile(string file)
    {
        string[] lines;
        try
        {
            lines = File.ReadAllLines(file);
        }
        catch (UnauthorizedAccessException)
        {
            return [];
        }

        return file.EndsWith(".sources", StringComparison.Ordinal) ? ParseStanzas(lines) : ParseLines(lines);
    }

    // An archive with different keys for its suites stays apart: each entry with the key that was given for it.
    private static IEnumerable<AptSource> Merge(IEnumerable<AptSource> sources)
        => sources.Where(source => !source.Address.StartsWith("cdrom:", StringComparison.Ordinal))
            .GroupBy(source => (Address: source.Address.TrimEnd('/'), source.SignedBy, source.IsTrusted))
            .Select(group => new AptSource(
                group.Key.Address,
                group.SelectMany(source => source.Suites).Distinct(StringComparer.Ordinal).ToList(),
                group.SelectMany(source => source.Components).Distinct(StringComparer.Ordinal).ToList(),
                group.Key.SignedBy,
                group.Key.IsTrusted));

    // apt's own list of what means yes.
    private static bool IsYes(string value) => value.Trim().ToLowerInvariant() is "yes" or "true" or "with" or "on" or "enable" or "1";

    [GeneratedRegex(@"^[A-Za-z0-9_.-]+\.(list|sources)$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex PartName();

    // The address of a CD holds blanks in brackets: it does not match, and could not give another suite anyway.
    [GeneratedRegex(@"^\s*deb\s+(\[(?<options>[^\]]*)\]\s+)?(?<address>[^\s\[]+)\s+(?<suite>\S+)(?<components>(\s+\S+)*)\s*$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Line();
}
