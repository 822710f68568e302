using System.Text.Json.Serialization;

namespace CdcLab.Model.Live;

/// <summary>What a check says of one promise.</summary>
public sealed record Verdict
{
    /// <summary>The check's id, e.g. <c>mysql.binlog_format</c>.</summary>
    public required string Id { get; init; }

    /// <summary>The resource it is about, e.g. <c>mysql</c>.</summary>
    public required string Resource { get; init; }

    /// <summary>ok, failed or unknown.</summary>
    [JsonPropertyName("verdict")]
    public required Outcome Outcome { get; init; }

    /// <summary>What should be.</summary>
    public required string Expected { get; init; }

    /// <summary>What was found; null when the check could not look.</summary>
    public string? Actual { get; init; }

    /// <summary>What to do about it, unless it is ok.</summary>
    public string? Fix { get; init; }

    /// <summary>Why it matters, or why the check could not look.</summary>
    public string? Because { get; init; }
}
