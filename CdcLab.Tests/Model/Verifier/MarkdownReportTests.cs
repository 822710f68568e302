using CdcLab.Model;
using CdcLab.Model.Live;
using CdcLab.Model.Options;
using CdcLab.Verifier.Checks;
using CdcLab.Verifier.Probes;
using CdcLab.Verifier.Report;
using Xunit;

namespace CdcLab.Tests.Model.Verifier;

[Trait("tier", "model")]
public sealed class MarkdownReportTests
{
    private static readonly LabModel Lab = LabModel.From(new LabOptions(), LabPorts.From(0), LabRuntimeKind.Embedded);

    [Fact]
    public void Documents_open_sections_are_there()
    {
        string report = MarkdownReport.Write(Facts());

        Assert.Contains("### 5.1 Binlog", report, StringComparison.Ordinal);
        Assert.Contains("| binlog_format | ROW | ROW | ok |", report, StringComparison.Ordinal);
        Assert.Contains("### 5.2 Kafka cluster", report, StringComparison.Ordinal);
        Assert.Contains("| orders | 1 | 3 | 2 | 1 |", report, StringComparison.Ordinal);
        Assert.Contains("| kafka-2 | INTERNAL://127.0.0.1:29093, EXTERNAL://localhost:9093 | 1 partitions | yes |", report, StringComparison.Ordinal);
        Assert.Contains("linger.ms 0", report, StringComparison.Ordinal);
        Assert.Contains("| produce-to-ack | 30 s | 60 | 1.0 | 2.0 | 3.0 | 4.0 |", report, StringComparison.Ordinal);
        Assert.Contains("### 5.4 Recovery from a broker's failure\n\nNot measured in this version", report, StringComparison.Ordinal);
        Assert.Contains("do not survive the disk", report, StringComparison.Ordinal);
        Assert.Contains("embedded, MySQL 9.7.4, Kafka 3.5.2", report, StringComparison.Ordinal);
    }

    [Fact]
    public void Memory_sums_are_the_sums_of_the_rows_above_them()
    {
        string report = MarkdownReport.Write(Facts());

        // The servers of the embedded runtime: 1024 + 384 + 3 x 768; two of five have figures here.
        Assert.Contains("| mysql | 1,024 MiB | 400 MiB | 39 % | 50 MiB | 600 MiB | 0 |", report, StringComparison.Ordinal);
        Assert.Contains("| order-simulator | none | 90 MiB | - | 10 MiB | 100 MiB | not known |", report, StringComparison.Ordinal);
        Assert.Contains("| **sum, 5 not known left out** | 3,712 MiB | 490 MiB | - | 60 MiB | - | 0 |", report, StringComparison.Ordinal);
        Assert.Contains("| left beside this lab | 12,672 MiB | 15,894 MiB |", report, StringComparison.Ordinal);
        Assert.Contains("4,352 MiB together) | 7,120 MiB | 10,342 MiB |", report, StringComparison.Ordinal);
    }

    [Fact]
    public void Cap_that_is_not_enforced_is_said()
    {
        ReportFacts facts = Facts();

        Assert.DoesNotContain("Cap not enforced", MarkdownReport.Write(facts), StringComparison.Ordinal);
        Assert.Contains("**Cap not enforced**", MarkdownReport.Write(facts with { Abilities = facts.Abilities with { CapsEnforced = false } }), StringComparison.Ordinal);
    }

    [Fact]
    public void What_could_not_be_seen_is_said_and_nothing_is_made_up()
    {
        string report = MarkdownReport.Write(Facts() with { Cluster = null, Resources = null, Latencies = [], Probes = null, Verdicts = [] });

        Assert.Contains("ZooKeeper could not be asked", report, StringComparison.Ordinal);
        Assert.Contains("there are no memory figures", report, StringComparison.Ordinal);
        Assert.Contains("| binlog_format | not known | ROW | not checked |", report, StringComparison.Ordinal);
    }

    [Fact]
    public void Failures_come_first_with_what_to_do_and_what_is_not_possible_stands_apart()
    {
        string report = MarkdownReport.Write(Facts());

        Assert.Contains("1 ok, 1 failed, 1 unknown (could not look), 1 not possible here.", report, StringComparison.Ordinal);
        Assert.True(report.IndexOf("| failed | kafka.isr", StringComparison.Ordinal) < report.IndexOf("| unknown | zookeeper.answers", StringComparison.Ordinal));
        Assert.Contains("- kafka.isr: start kafka-3", report, StringComparison.Ordinal);
        Assert.Contains("- memory.swap: no reason", report, StringComparison.Ordinal);
    }

    [Fact]
    public void Cell_cannot_break_its_table()
    {
        ReportFacts facts = Facts() with { Verdicts = [new Promise("x", "mysql", "a|b", "why").Failed("one\ntwo|three", "fix")] };

        Assert.Contains("| failed | x | mysql | a\\|b | one two\\|three |", MarkdownReport.Write(facts), StringComparison.Ordinal);
    }

    [Fact]
    public void Json_has_the_agreed_shape()
    {
        string json = System.Text.Json.JsonSerializer.Serialize(Facts().ToReport(), LabJson.Options);

        Assert.Contains("""
            "checks":[{"id":"mysql.binlog_format","resource":"mysql","verdict":"ok","expected":"ROW","actual":"ROW","fix":null,"because":"why"}
            """.Trim(), json, StringComparison.Ordinal);
        Assert.Contains("""
            "notPossibleHere":[{"id":"memory.swap","reason":"no reason"}]
            """.Trim(), json, StringComparison.Ordinal);
        Assert.Contains("\"version\":1", json, StringComparison.Ordinal);
    }

    private static ReportFacts Facts() => new()
    {
        At = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero),
        Model = Lab,
        Abilities = new("embedded", "MySQL 9.7.4", "Kafka 3.5.2", CapsEnforced: true, [new("memory.swap", "no reason")]),
        Verdicts =
        [
            new Promise("mysql.binlog_format", "mysql", "ROW", "why").Ok("ROW"),
            new Promise("zookeeper.answers", "zookeeper", "answers", "why").Unknown("it is gone", "start zookeeper"),
            new Promise("kafka.isr", "kafka", "whole", "why").Failed("orders-0 lacks kafka-3", "start kafka-3"),
        ],
        Resources =
        [
            new() { Name = "mysql", Kind = ResourceKind.Server, State = RunState.Running, Memory = new(400 * ByteSize.MiB, 50 * ByteSize.MiB, ByteSize.GiB, 600 * ByteSize.MiB, 0, true) },
            new() { Name = "order-simulator", Kind = ResourceKind.Service, State = RunState.Running, Memory = new(90 * ByteSize.MiB, 10 * ByteSize.MiB, null, 100 * ByteSize.MiB, null, false) },
        ],
        Cluster = new([new(2, ["INTERNAL://127.0.0.1:29093", "EXTERNAL://localhost:9093"])], 2, [new("orders", 0, [1, 2, 3], 2, [1, 2])]),
        Latencies = [new(LatencyNames.ToAck, TimeSpan.FromSeconds(30), 60, 1, 2, 3, 4)],
        Probes = new(60, 0, 0, 0, 0),
    };
}
