namespace CdcLab.Verifier.Report;

/// <summary>5.4: recovery from a broker's failure.</summary>
internal static class BrokerFailureSection
{
    public static void Write(Markdown text)
    {
        text.Heading(3, "5.4 Recovery from a broker's failure");
        text.Paragraph("Not measured in this version: the drills that kill brokers on purpose and measure the recovery come later. Until then: `kill kafka-1`, watch the verdicts, `start kafka-1`.");
    }
}
