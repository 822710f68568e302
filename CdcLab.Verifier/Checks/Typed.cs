namespace CdcLab.Verifier.Checks;

/// <summary>Sentences of a fix with what can be pasted (<see cref="FixText"/>).</summary>
internal static class Typed
{
    private const int MostNamed = 5;

    /// <summary>Statements for MySQL as root, in this order: the first ones, with how many more there are.</summary>
    public static string AsRoot(params IReadOnlyList<string> statements) =>
        $"As root: {string.Join(" then ", statements.Take(MostNamed).Select(FixText.Code))}{(statements.Count > MostNamed ? $"; and {statements.Count - MostNamed} more, which the next look names" : "")}.";
}
