using System.Text.Json;
using System.Xml.Linq;
using CdcLab.AppHost.Commands;
using CdcLab.Tests.Model.Programs;

namespace CdcLab.Tests.Model.Commands;

/// <summary>A report in its four forms: unknown is never 0, a cause is told once, nothing is wider than it may be.</summary>
[Trait("tier", "model")]
public sealed class VerifyRenderingTests : IDisposable
{
    private readonly TestFolder _folder = new();

    [Theory]
    [InlineData(60)]
    [InlineData(100)]
    public void No_line_is_wider_than_the_terminal_and_no_check_is_lost(int width)
    {
        LabReport report = Report() with { Checks = [.. Report().Checks, Failed("mysql.schema.orders.executions.definition_of_columns", "mysql", new string('x', 500) + " " + string.Join(' ', Enumerable.Repeat("word", 200)))] };

        string text = VerifyText.Render(report, width, ansi: false);

        Assert.All(text.Split('\n'), line => Assert.True(line.Length <= width, line));
        Assert.DoesNotContain('\e', text);
        Assert.All(report.Checks.Where(c => c.Id.Length < 30), c => Assert.Contains(c.Id, text, StringComparison.Ordinal));
    }

    [Fact]
    public void Cause_is_told_once_with_what_follows_from_it()
    {
        string text = VerifyText.Render(Report(), 100, ansi: false);

        Assert.Equal(1, Count(text, "FAILED: "));
        Assert.Contains("FAILED: kafka.kafka-3.answers", text, StringComparison.Ordinal);
        Assert.Contains("2 checks follow from it: kafka.isr, kafka.listeners.external", text, StringComparison.Ordinal);
        Assert.Equal(0, Count(text, "follows from kafka.kafka-3.answers"));
        Assert.Equal(1, Count(text, "start kafka-3"));
        Assert.Contains("UNKNOWN: zookeeper.answers", text, StringComparison.Ordinal);
        Assert.Contains("6 checks: 2 ok, 3 failed, 1 unknown (could not look); 1 not possible here.", text, StringComparison.Ordinal);
    }

    [Fact]
    public void What_can_be_pasted_stands_in_one_piece_however_long_it_is()
    {
        string statement = $"ALTER TABLE cdclab.orders {new string('x', 150)}";
        string text = VerifyText.Render(Report() with { Checks = [Failed("a", "mysql", "x") with { Fix = $"As root: `{statement}` then ``DROP `b` ``." }] }, 100, ansi: false);

        Assert.Contains($"\n  {statement};\n", text, StringComparison.Ordinal);
        Assert.Contains("\n  DROP `b`;\n", text, StringComparison.Ordinal);
        Assert.Contains("As root: (1) then (2).", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Consequence_of_what_is_ok_or_missing_or_itself_stands_for_itself()
    {
        LabReport report = Report() with
        {
            Checks =
            [
                Ok("a", "mysql"), Failed("b", "mysql", "x") with { CausedBy = "a" }, Failed("c", "mysql", "x") with { CausedBy = "gone" },
                Failed("d", "mysql", "x") with { CausedBy = "e" }, Failed("e", "mysql", "x") with { CausedBy = "f" }, Failed("f", "mysql", "x"),
            ],
        };

        Assert.Equal(["b", "c", "f"], report.Roots().Select(r => r.Id));
        Assert.Equal(["d", "e"], report.FollowersOf(report.Checks[5]).Select(r => r.Id));
    }

    [Fact]
    public void Head_says_what_ran_where_for_how_long()
    {
        string text = VerifyMarkdown.Render(Report(), []);

        Assert.Contains("| machine | 2 cores, 23.4 GiB, Linux 6.1.0 |", text, StringComparison.Ordinal);
        Assert.Contains("| servers | MySQL 9.7.4, Kafka 3.5.2, as processes |", text, StringComparison.Ordinal);
        Assert.Contains("| watched for | 90s |", text, StringComparison.Ordinal);
        Assert.Contains("| market | 20 orders per second; 1,234 orders and 987 executions committed since its start |", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Sections_of_the_specification_are_there()
    {
        string text = VerifyMarkdown.Render(Report(), []);

        Assert.Contains("| binlog_format | ROW | ROW | ok |", text, StringComparison.Ordinal);
        Assert.Contains("| gtid_mode | not known | not known | not checked |", text, StringComparison.Ordinal);
        Assert.Contains("| 2 | INTERNAL://127.0.0.1:29093, EXTERNAL://localhost:9093 | 1 partitions | yes |", text, StringComparison.Ordinal);
        Assert.Contains("| orders | 1 | 3 | 2 | 1 |", text, StringComparison.Ordinal);
        Assert.Contains("| produce-to-ack | 30s | 60 | 1.0 | 2.0 | 3.0 | 4.0 |", text, StringComparison.Ordinal);
        Assert.Contains("### 5.4 Recovery from a broker's failure\n\nNo drill has run on this lab: ", text, StringComparison.Ordinal);
        Assert.Contains("loss cannot be judged on this Kafka", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Memory_sums_are_of_the_rows_above_and_say_what_is_not_known()
    {
        string text = VerifyMarkdown.Render(Report(), []);

        Assert.Contains("| mysql | Running | 1,024 MiB | 400 MiB | 39 % | 50 MiB | 600 MiB | 0 |", text, StringComparison.Ordinal);
        Assert.Contains("| order-simulator | Running | no cap | 90 MiB | - | not known | 100 MiB | - |", text, StringComparison.Ordinal);
        Assert.Contains("| kafka-3 | Finished: killed | not known | not known | - | not known | not known | not known |", text, StringComparison.Ordinal);
        Assert.Contains("| **sum** |  | 1,024 MiB | at least 490 MiB (1 not known) |  | at least 50 MiB (2 not known) |  | at least 0 (1 not known) |", text, StringComparison.Ordinal);
        // 16,384 - 490; then - 500 of the host.
        Assert.Contains("| left beside servers and services, by use now | at most 15,894 MiB (1 not known) |", text, StringComparison.Ordinal);
        Assert.Contains("| left beside the AppHost's own processes too | at most 15,394 MiB (1 not known) |", text, StringComparison.Ordinal);
        Assert.Contains("take 500 MiB (measured in this run)", text, StringComparison.Ordinal);
    }

    [Fact]
    public void What_could_not_be_seen_is_said_and_nothing_is_made_up()
    {
        LabReport report = Report() with { Figures = null, Cluster = null, Latencies = [], Probes = null, Checks = [], OrdersPerSecond = null, Orders = null, Executions = null };

        string text = VerifyMarkdown.Render(report, []);

        Assert.Contains("| servers | not known |", text, StringComparison.Ordinal);
        Assert.Contains("rate and number of orders are not known", text, StringComparison.Ordinal);
        Assert.Contains("the AppHost has sent no figures", text, StringComparison.Ordinal);
        Assert.Contains("ZooKeeper could not be asked", text, StringComparison.Ordinal);
        Assert.DoesNotContain("0 MiB", text, StringComparison.Ordinal);
        Assert.Contains("host", VerifyMarkdown.Render(Report() with { Figures = Report().Figures! with { HostBytes = null } }, []), StringComparison.OrdinalIgnoreCase);
        Assert.Contains("take not known", VerifyMarkdown.Render(Report() with { Figures = Report().Figures! with { HostBytes = null } }, []), StringComparison.Ordinal);
    }

    [Fact]
    public void Caps_that_are_not_enforced_are_said()
    {
        Assert.DoesNotContain("Caps not enforced", VerifyMarkdown.Render(Report(), []), StringComparison.Ordinal);
        Assert.Contains("**Caps not enforced**: no cgroup.", VerifyMarkdown.Render(Report() with { Figures = Report().Figures! with { CapsNotEnforced = "no cgroup." } }, []), StringComparison.Ordinal);
    }

    [Fact]
    public void Cell_cannot_break_its_table()
    {
        string text = VerifyMarkdown.Render(Report() with { Checks = [Failed("x", "mysql", "one\ntwo|three\u0007")] }, []);
        Assert.Contains("| found | one two\\|three  |", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Json_reads_back()
    {
        LabReport read = JsonSerializer.Deserialize<LabReport>(VerifyFiles.RenderJson(Report()), LabJson.Options)!;
        Assert.Equal(Report().Checks, read.Checks);
        Assert.Null(read.Probes!.Lost);
        Assert.Contains("\"verdict\": \"failed\"", VerifyFiles.RenderJson(Report()), StringComparison.Ordinal);
    }

    [Fact]
    public void JUnit_has_a_case_for_each_check_whatever_characters_it_has()
    {
        LabReport report = Report() with { Checks = [.. Report().Checks, Failed("odd", "mysql", "\u0000\u001b[31m <&\"' \ud83d\ude00 \ud83d \uffff")] };

        XElement suite = XElement.Parse(VerifyFiles.RenderJUnit(report));

        Assert.Equal(("8", "4", "1", "1"), (Value("tests"), Value("failures"), Value("errors"), Value("skipped")));
        Assert.Equal(8, suite.Elements("testcase").Count());
        Assert.Equal("follows from kafka.kafka-3.answers", suite.Elements("testcase").Single(e => (string?)e.Attribute("name") == "kafka.isr").Element("failure")!.Attribute("message")!.Value);
        string Value(string name) => suite.Attribute(name)!.Value;
    }

    [Fact]
    public void Files_are_written_all_or_none()
    {
        OutputFiles<LabReport> files = VerifyFiles.Of(_folder.Below("a.md"), _folder.Below("a.json"), _folder.Below("a.xml"));
        Assert.Null(files.Problem());
        Assert.Empty(Directory.GetFileSystemEntries(_folder.Path));
        files.Write(Report());
        Assert.Equal(["a.json", "a.md", "a.xml"], Directory.GetFiles(_folder.Path).Select(Path.GetFileName).Order(StringComparer.Ordinal));

        Assert.ThrowsAny<IOException>(() => VerifyFiles.Of(_folder.Below("b.md"), _folder.Below("missing", "b.json"), null).Write(Report()));
        Assert.Equal(3, Directory.GetFileSystemEntries(_folder.Path).Length);
    }

    public void Dispose() => _folder.Dispose();

    private static int Count(string text, string part) => text.Split(part).Length - 1;

    private static Verdict Ok(string id, string resource) => new() { Id = id, Resource = resource, Outcome = Outcome.Ok, Expected = "ROW", Actual = "ROW" };

    private static Verdict Failed(string id, string resource, string actual) => new() { Id = id, Resource = resource, Outcome = Outcome.Failed, Expected = "whole", Actual = actual, Fix = "start " + resource };

    private static LabReport Report() => new()
    {
        At = new(2026, 1, 2, 3, 4, 35, TimeSpan.Zero),
        Since = new(2026, 1, 2, 3, 3, 5, TimeSpan.Zero),
        Lab = "default",
        Machine = "2 cores, 23.4 GiB, Linux 6.1.0",
        MachineBytes = 23 * ByteSize.GiB,
        OrdersPerSecond = "20",
        Orders = 1234,
        Executions = 987,
        Figures = new()
        {
            At = new(2026, 1, 2, 3, 4, 35, TimeSpan.Zero),
            Containers = false,
            MySql = "MySQL 9.7.4",
            Kafka = "Kafka 3.5.2",
            HostBytes = 500 * ByteSize.MiB,
            Resources =
            [
                new() { Name = "mysql", State = "Running", Memory = new(400 * ByteSize.MiB, 50 * ByteSize.MiB, 600 * ByteSize.MiB, ByteSize.GiB, 0) },
                new() { Name = "order-simulator", State = "Running", Memory = new(90 * ByteSize.MiB, null, 100 * ByteSize.MiB, null, null) },
                new() { Name = "kafka-3", State = "Finished", Ended = "killed" },
            ],
        },
        Checks =
        [
            Ok("mysql.binlog_format", "mysql"),
            Failed("kafka.isr", "kafka", "orders-0 lacks kafka-3") with { CausedBy = "kafka.listeners.external", Fix = "wait" },
            Failed("kafka.listeners.external", "kafka-3", "silent") with { CausedBy = "kafka.kafka-3.answers", Fix = "wait" },
            Failed("kafka.kafka-3.answers", "kafka-3", "connection refused"),
            new() { Id = "zookeeper.answers", Resource = "zookeeper", Outcome = Outcome.Unknown, Expected = "answers", Because = "timed out", Fix = "try again" },
            Ok("market", "order-simulator"),
        ],
        NotPossibleHere = [new("memory.swap", "no reason")],
        Cluster = new([new(2, ["INTERNAL://127.0.0.1:29093", "EXTERNAL://localhost:9093"], 1, true)], [new("orders", 1, "3", 2, 1)]),
        Latencies = [new("produce-to-ack", TimeSpan.FromSeconds(30), 60, 1, 2, 3, 4)],
        Probes = new(60, 0, 0, 0, null),
    };
}
