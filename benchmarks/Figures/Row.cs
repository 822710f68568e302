namespace CdcLab.Benchmarks.Figures;

/// <summary>One line of the result.</summary>
/// <param name="Number">What is measured.</param>
/// <param name="Value">What was measured.</param>
/// <param name="Peer">What it is held against, and what that took.</param>
/// <param name="Ratio">One against the other.</param>
/// <param name="Target">What is aimed at.</param>
/// <param name="Met">Whether it was reached; null for a figure without a target.</param>
/// <param name="N">Repetitions, or samples.</param>
internal sealed record Row(string Number, string Value, string Peer, string Ratio, string Target, bool? Met, string N);
