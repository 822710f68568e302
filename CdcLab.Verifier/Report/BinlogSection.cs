using CdcLab.Model.Live;

namespace CdcLab.Verifier.Report;

/// <summary>5.1: MySQL's variables, as <c>SHOW GLOBAL VARIABLES</c> shows them.</summary>
internal static class BinlogSection
{
    public static void Write(Markdown text, ReportFacts facts)
    {
        text.Heading(3, "5.1 Binlog");
        text.Paragraph($"{facts.Abilities.MySqlDescription}, `SHOW GLOBAL VARIABLES`:");
        text.Table(["variable", "value", "expected", "verdict"], facts.Model.MySql.Settings.Select(s =>
        {
            Verdict? verdict = facts.Verdict($"mysql.{s.Variable}");
            return new[] { s.Variable, verdict?.Actual ?? "not known", s.Expected, verdict?.Outcome.ToString().ToLowerInvariant() ?? "not checked" };
        }));
        text.Table(["schema and rights", "found", "verdict"], facts.Verdicts.Where(v => IsSchemaOrGrant(v.Id)).Select(v => new[]
        {
            v.Id, v.Actual ?? v.Because ?? "", v.Outcome.ToString().ToLowerInvariant(),
        }));
    }

    private static bool IsSchemaOrGrant(string id) => id.StartsWith("mysql.schema.", StringComparison.Ordinal) || id.StartsWith("mysql.grants.", StringComparison.Ordinal);
}
