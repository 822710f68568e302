using System.Text.RegularExpressions;

namespace CdcLab.AppHost.Programs;

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

/// <summary>One archive of the machine's apt sources.</summary>
/// <param name="Address">Its address, as apt takes it (also <c>mirror+file:...</c>).</param>
/// <param name="Suites">The suites that the machine uses of it, in their order.</param>
/// <param name="Components">The components that the machine uses of it.</param>
/// <param name="SignedBy">The value of Signed-By as it stands, which may be a whole key over several lines; null when apt's own keys count.</param>
/// <param name="IsTrusted">Whether the machine's owner takes it unsigned.</param>
internal sealed record AptSource(
    string Address, IReadOnlyList<string> Suites, IReadOnlyList<string> Components, string? SignedBy, bool IsTrusted)
{
    private static readonly string[] Pockets = ["-security", "-updates", "-backports", "-proposed", "-proposed-updates", "-backports-sloppy"];

    /// <summary>The suite that the others are named after: <c>bookworm</c>, <c>noble</c>; null when it has none (an archive of security updates only).</summary>
    public string? BaseSuite => Suites.FirstOrDefault(suite => !suite.Contains('/') && !Pockets.Any(pocket => suite.EndsWith(pocket, StringComparison.Ordinal)));
}

/// <summary>Reads Debian's format of stanzas of fields, in which package lists and newer apt sources are written.</summary>
internal static class Deb822
{
    /// <summary>
    /// The stanzas of <paramref name="lines"/>. A field's further lines are kept as they are, each after a line feed; names of fields
    /// do not count capitals; comments are left out.
    /// </summary>
    public static IEnumerable<IReadOnlyDictionary<string, string>> Parse(IEnumerable<string> lines)
    {
        var stanza = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        string? field = null;
        foreach (var line in lines)
        {
            if (line.StartsWith('#'))
                continue;
            if (string.IsNullOrWhiteSpace(line))
            {
                if (stanza.Count > 0)
                    yield return stanza;
                stanza = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
                field = null;
            }
            else if (line[0] is ' ' or '\t')
            {
                if (field is not null)
                    stanza[field] += "\n" + line.TrimEnd();
            }
            else if (line.IndexOf(':') is > 0 and var colon)
            {
                field = line[..colon].Trim();
                stanza[field] = line[(colon + 1)..].Trim();
            }
            else
            {
                field = null;
            }
        }

        if (stanza.Count > 0)
            yield return stanza;
    }

    /// <summary>The words of a field; none when the stanza has no such field.</summary>
    public static string[] Words(this IReadOnlyDictionary<string, string> stanza, string field)
        => stanza.TryGetValue(field, out var value) ? value.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries) : [];
}
