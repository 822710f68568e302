using System.Globalization;

namespace CdcLab.Runtime.Standalone.Fetching.Apt;

/// <summary>A package in the archive.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Version">Its version, as Debian writes it.</param>
/// <param name="IsLibrary">Whether the archive files it under libraries.</param>
/// <param name="Size">Bytes to download.</param>
/// <param name="Depends">What it depends on; each of them any one of several names.</param>
internal sealed record AptPackage(string Name, string Version, bool IsLibrary, long Size, IReadOnlyList<IReadOnlyList<string>> Depends)
{
    /// <summary>The version without the epoch, for names of folders.</summary>
    public string VersionWithoutEpoch => Version[(Version.IndexOf(':') + 1)..];

    /// <summary>Reads the output of <c>apt-cache show</c>.</summary>
    public static IEnumerable<AptPackage> ParseShow(IEnumerable<string> lines)
        => from stanza in Deb822.Parse(lines)
           where stanza.ContainsKey("Package") && stanza.ContainsKey("Version")
           select new AptPackage(
               stanza["Package"],
               stanza["Version"],
               // "libs", and in Ubuntu also "universe/libs".
               stanza.TryGetValue("Section", out var section) && section.Split('/')[^1] is "libs" or "oldlibs",
               stanza.TryGetValue("Size", out var size) && long.TryParse(size, NumberStyles.None, CultureInfo.InvariantCulture, out var bytes) ? bytes : 0,
               [.. Dependencies(stanza, "Pre-Depends"), .. Dependencies(stanza, "Depends")]);

    private static IEnumerable<IReadOnlyList<string>> Dependencies(IReadOnlyDictionary<string, string> stanza, string field)
        => stanza.TryGetValue(field, out var value)
            ? value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
                .Select(alternatives => alternatives.Split('|').Select(NameOf).ToList())
            : [];

    // "perl:any (>= 5.36)" is about perl.
    private static string NameOf(string dependency) => dependency.Trim().Split(' ', '(', ':', '[')[0];
}
