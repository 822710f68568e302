using System.Collections.Concurrent;
using System.Diagnostics;
using OpenTelemetry;

namespace CdcLab.ServiceDefaults.Telemetry;

/// <summary>Makes MySqlConnector's spans what OpenTelemetry's conventions for databases say: named by what the SQL does, with the server's address and port (by
/// which a dashboard finds the resource <c>mysql</c>), without the connection string, and of a bounded size.</summary>
internal sealed class MySqlSpans : BaseProcessor<Activity>
{
    /// <summary>MySqlConnector's activity source and meter.</summary>
    public const string SourceName = "MySqlConnector";

    private const int LongestText = 1000;
    private const int DefaultPort = 3306;

    // The texts of our own statements are few and constant, but a purge names its orders: those beyond are worked out each time.
    private const int MostKept = 200;

    // MySqlConnector's older names, and what takes their place. Null: nothing may.
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

    /// <inheritdoc/>
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

        // A port is a number; MySqlConnector writes it as a text.
        if (data.GetTagItem("server.port") is string port && int.TryParse(port, out int number))
            data.SetTag("server.port", number);

        // It leaves MySQL's default port out, as the conventions allow; a dashboard finds a peer by address and port.
        if (data.GetTagItem("server.address") is not null && data.GetTagItem("server.port") is null)
            data.SetTag("server.port", DefaultPort);
        if (data.GetTagItem("db.query.text") is not string text)
            return;
        string summary = Summary(text);
        data.DisplayName = summary;
        data.SetTag("db.query.summary", summary);
        if (text.Length > LongestText)
            data.SetTag("db.query.text", $"{text[..LongestText]}...");
    }

    private string Summary(string text)
    {
        if (_summaries.TryGetValue(text, out string? known))
            return known;
        string made = SqlSummary.Of(text);
        if (text.Length <= LongestText && _summaries.Count < MostKept)
            _summaries.TryAdd(text, made);
        return made;
    }
}
