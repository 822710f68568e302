using System.Text.Json.Serialization;

namespace CdcLab.Model.Reports;

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

    /// <summary>The resources whose silence would explain all of it: empty for none, null for the resource itself. Not part of a report.</summary>
    [JsonIgnore]
    public IReadOnlyList<string>? Needs { get; init; }

    /// <summary>The id of the failed check from which this one follows; null for one that stands by itself.</summary>
    public string? CausedBy { get; init; }
}

/// <summary>What a check found.</summary>
public enum Outcome
{
    /// <summary>It looked, and the promise holds.</summary>
    Ok,

    /// <summary>It looked, and the promise does not hold.</summary>
    Failed,

    /// <summary>It could not look.</summary>
    Unknown,
}

/// <summary>Something that this lab cannot show at all. It is decided once, at start, and is not a failure.</summary>
/// <param name="Id">The check or feature, e.g. <c>memory.caps</c>.</param>
/// <param name="Reason">Why it cannot be shown here.</param>
public sealed record NotPossible(string Id, string Reason);
