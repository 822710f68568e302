using System.Globalization;

namespace CdcLab.Verifier.Report;

/// <summary>The report for people, with the sections of the user's document that were left open: 5.1 to 5.4.</summary>
public static class MarkdownReport
{
    /// <summary>Writes it.</summary>
    /// <param name="facts">What was seen.</param>
    /// <returns>Markdown.</returns>
    public static string Write(ReportFacts facts)
    {
        ArgumentNullException.ThrowIfNull(facts);
        Markdown text = new();
        text.Heading(1, "CdcLab: verification report");
        text.Paragraph($"Made {facts.At.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture)} UTC by the verifier of the running lab `{facts.Model.Options.Name}` ({facts.Lab}).");
        text.Paragraph("Everything runs on one machine: three replicas on one disk do not survive the disk, and a killed process leaves the page cache, so that a missing fsync cannot be seen here.");
        VerdictSection.Write(text, facts);
        NotPossibleSection.Write(text, facts);
        text.Heading(2, "5. Verification results");
        BinlogSection.Write(text, facts);
        KafkaSection.Write(text, facts);
        MemorySection.Write(text, facts);
        BrokerFailureSection.Write(text);
        return text.ToString();
    }
}
