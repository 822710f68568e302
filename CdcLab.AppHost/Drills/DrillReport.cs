using System.Text.Json;
using System.Text.Json.Serialization;
using CdcLab.AppHost.Commands;

namespace CdcLab.AppHost.Drills;

/// <summary>A drill that was asked for and did not run to its end.</summary>
internal sealed record DrillNotRun(string Drill, string Reason);

/// <summary>What one run of <c>drill</c> found. Its JSON is described by docs/drills.schema.json.</summary>
/// <param name="At">When the run ended.</param>
internal sealed record DrillReport(DateTimeOffset At, int Seed, IReadOnlyList<DrillOutcome> Drills, IReadOnlyList<DrillNotRun> NotRun)
{
    /// <summary>Grows with each change that a reader of the JSON notices.</summary>
    [JsonPropertyOrder(-1)]
    public int Version => 1;

    /// <summary>What it ran on; null where that is not known.</summary>
    public string? Machine { get; init; }

    public string? Kafka { get; init; }

    public string? MySql { get; init; }

    public string RenderJson() => JsonSerializer.Serialize(this, LabJson.Indented) + "\n";

    private static string? Of(DrillOutcome drill) =>
        drill.Faults.Count > 0 ? JUnitCase.Failure : drill.Result is { IsJudged: false } ? JUnitCase.Skipped : null;

    // What was lost is a failure; a drill that did not run to its end, an error.
    public string RenderJUnit() => JUnitXml.Render("CdcLab drills", At, TimeSpan.FromSeconds(Drills.Sum(d => d.Seconds)), [
        .. Drills.Select(d => new JUnitCase("drills", d.Drill, Of(d), d.Faults.Count > 0 ? string.Join("; ", d.Faults) : d.LostSentence())
        {
            Time = TimeSpan.FromSeconds(d.Seconds),
            Output = DrillMarkdown.Headline(d),
        }),
        .. NotRun.Select(n => new JUnitCase("drills", n.Drill, JUnitCase.Error, n.Reason)),
    ]);
}
