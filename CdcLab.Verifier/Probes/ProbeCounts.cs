namespace CdcLab.Verifier.Probes;

/// <summary>What became of the probe messages since the verifier's start. Only <see cref="Lost"/> is data loss.</summary>
/// <param name="Seen">Consumed within the highest latency that is still ok.</param>
/// <param name="Late">Consumed, but later.</param>
/// <param name="Duplicates">Consumed once more: sent again after an answer that was lost.</param>
/// <param name="Unknown">Neither acknowledged nor refused, or acknowledged and not consumed for another reason than loss.</param>
/// <param name="Lost">Acknowledged, and the consumer has read past its place without it.</param>
public sealed record ProbeCounts(long Seen, long Late, long Duplicates, long Unknown, long Lost);
