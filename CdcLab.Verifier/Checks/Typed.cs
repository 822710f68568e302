namespace CdcLab.Verifier.Checks;

/// <summary>What can be pasted from a fix, in backticks as Markdown has them.</summary>
internal static class Typed
{
    private const int MostNamed = 5;

    /// <summary>One command or statement; one that has backticks of its own stands between two of them.</summary>
    public static string Code(string code) => code.Contains('`', StringComparison.Ordinal) ? $"``{code}``" : $"`{code}`";

    /// <summary>Statements for MySQL as root, in this order: the first ones, with how many more there are.</summary>
    public static string AsRoot(params IReadOnlyList<string> statements) =>
        $"As root: {string.Join(" then ", statements.Take(MostNamed).Select(Code))}{(statements.Count > MostNamed ? $"; and {statements.Count - MostNamed} more, which the next look names" : "")}.";
}
