namespace CdcLab.Runtime.View;

/// <summary>One line on the health of a resource.</summary>
/// <param name="Key">What was looked at; no other report of the resource has it.</param>
/// <param name="Health">What was found.</param>
/// <param name="Description">In words.</param>
/// <param name="At">When it was looked at.</param>
public sealed record HealthReportView(string Key, HealthView Health, string Description, DateTimeOffset? At)
{
    /// <summary>Whether the verifier found it, and not the resource's own probe.</summary>
    public bool IsVerdict { get; init; }
}
