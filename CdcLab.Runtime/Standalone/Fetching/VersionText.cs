using System.Text.RegularExpressions;

namespace CdcLab.Runtime.Standalone.Fetching;

/// <summary>Reads version numbers out of what tools, packages and file names say.</summary>
internal static partial class VersionText
{
    /// <summary>The first two to four numbers with dots between them: 9.7.4 of <c>1:9.7.4-2</c>; null when there are none.</summary>
    public static Version? Number(string text)
        => Numbers().Match(text) is { Success: true } match && Version.TryParse(match.Value, out var version) ? version : null;

    // A lone number before a colon is a Debian epoch, not a part of the version.
    [GeneratedRegex(@"(?<![\d.])\d{1,9}(\.\d{1,9}){1,3}", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Numbers();
}
