using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.RegularExpressions;
using OpenTelemetry;

namespace CdcLab.ServiceDefaults.Telemetry;

/// <summary>Adapts MySqlConnector's spans to OpenTelemetry's conventions for databases: named by a summary of the SQL, with the server's address and port (by
/// which the dashboard finds the resource <c>mysql</c>), without the connection string, and of a bounded size.</summary>
internal sealed class MySqlSpans : BaseProcessor<Activity>
{
    /// <summary>MySqlConnector's activity source and meter.</summary>
    public const string SourceName = "MySqlConnector";

    private const int MaxTextLength = 1000;
    private const int DefaultPort = 3306;

    // Our statements are few and constant, but a purge lists its orders: what does not fit is summarised each time.
    private const int MaxCached = 200;

    // MySqlConnector's older attribute names and their successors; null: removed.
    private static readonly (string Old, string? New)[] Names =
    [
        ("net.peer.name", "server.address"),
        ("net.peer.ip", "network.peer.address"),
        ("net.peer.port", "server.port"),
        ("net.transport", null),
        ("db.system", "db.system.name"),
        ("db.name", "db.namespace"),
        ("db.statement", "db.query.text"),
        ("db.connection_string", null),
        ("db.user", null),
        ("thread.id", null),
    ];

    private readonly ConcurrentDictionary<string, string> _summaries = new(StringComparer.Ordinal);

    public override void OnEnd(Activity data)
    {
        if (data.Source.Name != SourceName)
            return;
        foreach ((string old, string? now) in Names)
        {
            if (data.GetTagItem(old) is not { } value)
                continue;
            data.SetTag(old, null);
            if (now is not null && data.GetTagItem(now) is null)
                data.SetTag(now, value);
        }

        // MySqlConnector writes the port as text.
        if (data.GetTagItem("server.port") is string port && int.TryParse(port, out int number))
            data.SetTag("server.port", number);

        // It leaves the default port out, as the conventions allow; the dashboard finds a peer by address and port.
        if (data.GetTagItem("server.address") is not null && data.GetTagItem("server.port") is null)
            data.SetTag("server.port", DefaultPort);
        if (data.GetTagItem("db.query.text") is not string text)
            return;
        string summary = Summary(text);
        data.DisplayName = summary;
        data.SetTag("db.query.summary", summary);
        if (text.Length > MaxTextLength)
            data.SetTag("db.query.text", $"{text[..MaxTextLength]}...");
    }

    private string Summary(string text)
    {
        if (_summaries.TryGetValue(text, out string? known))
            return known;
        string made = SqlSummary.Of(text);
        if (text.Length <= MaxTextLength && _summaries.Count < MaxCached)
            _summaries.TryAdd(text, made);
        return made;
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
        List<string> words = [];
        int length = 0;
        foreach (string statement in text.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            // The start of a transaction is left out, unless it is the only statement.
            string word = FirstWord().Match(statement).Value.ToUpperInvariant();
            if (word.Length == 0 || (word == "START" && text.TrimEnd(' ', ';').Length > statement.Length))
                continue;
            string table = Table().Match(statement) is { Success: true } match ? $" {match.Groups["table"].Value}" : "";
            length += word.Length + table.Length + 1;
            if (length > MaxLength)
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
