namespace CdcLab.Runtime.Standalone.Fetching.Apt;

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
