using System.Text.RegularExpressions;

namespace CdcLab.ServiceDefaults.Telemetry;

/// <summary>What a text of SQL does, in a few words: <c>UPDATE orders SELECT order_executions INSERT order_executions</c>. OpenTelemetry's <c>db.query.summary</c>,
/// which names a span. A word for each statement, and its first table where it has one; values never get in.</summary>
internal static partial class SqlSummary
{
    // OpenTelemetry's own limit.
    private const int Longest = 255;

    /// <summary>Makes the summary.</summary>
    /// <param name="text">One statement or several.</param>
    public static string Of(string text)
    {
        List<string> words = [];
        int length = 0;
        foreach (string statement in text.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            // Opening a transaction says nothing of what it is for, unless it is all there is.
            string word = FirstWord().Match(statement).Value.ToUpperInvariant();
            if (word.Length == 0 || (word == "START" && text.TrimEnd(' ', ';').Length > statement.Length))
                continue;
            string table = Table().Match(statement) is { Success: true } match ? $" {match.Groups["table"].Value}" : "";
            length += word.Length + table.Length + 1;
            if (length > Longest)
                break;
            words.Add(word + table);
        }

        return words.Count == 0 ? "SQL" : string.Join(' ', words);
    }

    [GeneratedRegex("[A-Za-z]+", RegexOptions.None, matchTimeoutMilliseconds: 100)]
    private static partial Regex FirstWord();

    [GeneratedRegex(@"\b(INTO|UPDATE|FROM)\s+`?(?<table>[A-Za-z_][A-Za-z0-9_.]*)", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 100)]
    private static partial Regex Table();
}
