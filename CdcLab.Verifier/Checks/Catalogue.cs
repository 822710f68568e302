namespace CdcLab.Verifier.Checks;

/// <summary>The catalogue of all checks, as <c>docs/verification.md</c> has it.</summary>
internal static class Catalogue
{
    public static string Markdown(IEnumerable<ICheck> checks) => string.Join('\n',
    [
        "| check | on | promise | how it looks | why | what heals it | source |",
        "|---|---|---|---|---|---|---|",
        .. checks.SelectMany(c => c.Promises).Select(p => $"| {string.Join(" | ", new[] { $"`{p.Id}`", p.Resource, p.Expected, p.How, p.Because, p.Remedy, p.Source }.Select(Cell))} |"),
    ]) + "\n";

    private static string Cell(string text) => text.ReplaceLineEndings(" ").Replace("|", "\\|", StringComparison.Ordinal).TrimEnd('.');
}
