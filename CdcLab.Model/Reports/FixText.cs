using System.Text.RegularExpressions;

namespace CdcLab.Model.Reports;

/// <summary>What can be pasted from a fix, in backticks as Markdown has them: a text that has backticks of its own stands between two of them.</summary>
public static partial class FixText
{
    /// <summary>The end of a fix where nothing heals.</summary>
    public const string BeginAnew = "Stop the lab, and begin with new data: `dotnet run --project CdcLab.AppHost -- reset`.";

    /// <summary>One command or statement as it stands in a fix.</summary>
    public static string Code(string code) => code.Contains('`', StringComparison.Ordinal) ? $"`` {code} ``" : $"`{code}`";

    /// <summary>Everything that can be pasted, in its order.</summary>
    public static IReadOnlyList<string> Codes(string fix) => [.. Fenced().Matches(fix).Select(m => m.Groups["code"].Value.Trim())];

    /// <summary>The fix with a number in the place of each: (1), (2).</summary>
    public static string Numbered(string fix)
    {
        int number = 0;
        return Fenced().Replace(fix, _ => $"({++number})");
    }

    /// <summary>Whether it is a statement for MySQL; else it is a command for a shell.</summary>
    public static bool IsStatement(string code) => Statement().IsMatch(code);

    [GeneratedRegex("^(SET|RESET|ALTER|CREATE|DROP|GRANT|REVOKE|KILL|DELETE|UPDATE|FLUSH|PURGE|RENAME|INSERT|SHOW|STOP|LOCK|XA) ", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Statement();

    [GeneratedRegex("(?<fence>`+)(?<code>.+?)(?<!`)\\k<fence>(?!`)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Fenced();
}
