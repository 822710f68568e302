namespace CdcLab.Model.Live;

/// <summary>What this lab is and what it can show; decided once, at start.</summary>
/// <param name="Runtime">How the servers run: <c>embedded</c> or <c>container</c>.</param>
/// <param name="MySqlDescription">Name and version of the MySQL that runs, e.g. <c>MySQL 9.7.4</c>.</param>
/// <param name="KafkaDescription">Name and version of the Kafka that runs, e.g. <c>Kafka 3.5.2</c>.</param>
/// <param name="CapsEnforced">Whether the kernel enforces the memory caps.</param>
/// <param name="NotPossibleHere">What cannot be shown.</param>
public sealed record LabAbilities(string Runtime, string MySqlDescription, string KafkaDescription, bool CapsEnforced, IReadOnlyList<NotPossible> NotPossibleHere)
{
    /// <summary>The reason why something cannot be shown here; null where it can.</summary>
    /// <param name="id">The check or feature.</param>
    /// <returns>The reason or null.</returns>
    public string? WhyNot(string id) => NotPossibleHere.FirstOrDefault(n => n.Id == id)?.Reason;
}
