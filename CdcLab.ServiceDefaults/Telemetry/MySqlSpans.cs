using System.Diagnostics;
using System.Text.RegularExpressions;
using OpenTelemetry;

namespace CdcLab.ServiceDefaults.Telemetry;

/// <summary>Makes MySqlConnector's spans readable in the dashboard: named by a summary of the SQL, always with the port, by which the dashboard finds the resource
/// <c>mysql</c>, and of a bounded size.</summary>
internal sealed class MySqlSpans : BaseProcessor<Activity>
{
    /// <summary>MySqlConnector's activity source and meter.</summary>
    public const string SourceName = "MySqlConnector";

    private const int MaxTextLength = 1000;
    private const int DefaultPort = 3306;

    public override void OnEnd(Activity data)
    {
        if (data.Source.Name != SourceName)
            return;
        // MySqlConnector leaves the default port out, as the conventions allow.
        if (data.GetTagItem("server.address") is not null && data.GetTagItem("server.port") is null)
            data.SetTag("server.port", DefaultPort);
        if (data.GetTagItem("db.query.text") is not string text)
            return;
        data.DisplayName = SqlSummary.Of(text);
        data.SetTag("db.query.summary", data.DisplayName);
        if (text.Length > MaxTextLength)
            data.SetTag("db.query.text", $"{text[..MaxTextLength]}...");
    }
}

/// <summary>Summarises SQL: <c>UPDATE orders SELECT order_executions INSERT order_executions</c>, which is OpenTelemetry's <c>db.query.summary</c>. The verb of each
/// statement and its first table; never a value.</summary>
internal static partial class SqlSummary
{
    // OpenTelemetry's own limit.
    private const int MaxLength = 255;

    public static string Of(string text)
    {
        string summary = "";
        foreach (string statement in text.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            // The start of a transaction is left out, unless it is the only statement.
            string verb = FirstWord().Match(statement).Value.ToUpperInvariant();
            if (verb.Length == 0 || (verb == "START" && text.TrimEnd(' ', ';').Length > statement.Length))
                continue;
            string longer = $"{summary} {verb} {Table().Match(statement).Groups["table"].Value}".Trim();
            if (longer.Length > MaxLength)
                break;
            summary = longer;
        }

        return summary.Length == 0 ? "SQL" : summary;
    }

    [GeneratedRegex("[A-Za-z]+", RegexOptions.None, matchTimeoutMilliseconds: 100)]
    private static partial Regex FirstWord();

    [GeneratedRegex(@"\b(INTO|UPDATE|FROM)\s+`?(?<table>[A-Za-z_][A-Za-z0-9_.]*)", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 100)]
    private static partial Regex Table();
}
