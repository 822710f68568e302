namespace CdcLab.Verifier.Report;

/// <summary>What this lab cannot show at all.</summary>
internal static class NotPossibleSection
{
    public static void Write(Markdown text, ReportFacts facts)
    {
        if (facts.Abilities.NotPossibleHere.Count == 0)
            return;
        text.Heading(2, "Not possible here").List(facts.Abilities.NotPossibleHere.Select(n => $"{n.Id}: {n.Reason}"));
    }
}
