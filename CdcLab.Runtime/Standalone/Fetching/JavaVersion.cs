using System.Globalization;
using System.Text.RegularExpressions;

namespace CdcLab.Runtime.Standalone.Fetching;

/// <summary>Reads what <c>java -version</c> says.</summary>
internal static partial class JavaVersion
{
    /// <summary>The oldest Java that the lab uses.</summary>
    public const int Oldest = 11;

    /// <summary>The newest Java that the lab uses: Kafka 3.5 is older than the next long-term release, 25.</summary>
    public const int Newest = 21;

    /// <summary>The feature version, 17 of <c>openjdk version "17.0.15" 2025-04-15</c> and 8 of <c>"1.8.0_392"</c>; null when it is no Java's answer.</summary>
    public static int? Parse(string said)
    {
        if (Quoted().Match(said) is not { Success: true } match)
            return null;
        var first = int.Parse(match.Groups["first"].Value, CultureInfo.InvariantCulture);
        // Up to 8, versions began with "1.".
        return first == 1 && match.Groups["second"].Success ? int.Parse(match.Groups["second"].Value, CultureInfo.InvariantCulture) : first;
    }

    /// <summary>Whether Kafka runs on that Java.</summary>
    public static bool WillDo(int version) => version is >= Oldest and <= Newest;

    // Other lines may come before it: "Picked up JAVA_TOOL_OPTIONS: ...".
    [GeneratedRegex("""version "(?<first>\d{1,4})(\.(?<second>\d{1,4}))?""", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Quoted();
}
