using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using CdcLab.AppHost.Commands;
using CdcLab.AppHost.Drills;
using CdcLab.Tests.Model.Programs;
using Json.Schema;

namespace CdcLab.Tests.Model.Drills;

/// <summary>The results of drills as JSON, JUnit, HTML and text.</summary>
[Trait("tier", "model")]
public sealed partial class DrillReportTests : IDisposable
{
    private const string Hostile = "<script src=\"https://example.org/x.js\">alert('1')</script>]]>&amp;\u0000\u001b[31m\ud83d|`";

    private static readonly DrillReport Whole = DrillSamples.Report(
        DrillSamples.Kafka(),
        DrillSamples.Kafka("leader-bounced", faults: 5, lost: 3),
        DrillSamples.MySql(),
        DrillSamples.MySql("market.ledger: 1 commit without its row"),
        DrillSamples.Empty());

    private static readonly JsonSchema Schema = JsonSchema.FromFile(Path.Combine(AppContext.BaseDirectory, "../../../../docs/drills.schema.json"));

    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Json_is_what_its_schema_says() => Assert.Empty(Problems(Whole.RenderJson()));

    [Theory]
    [InlineData("\"version\": 1", "\"version\": 2")]
    [InlineData("\"lost\": 3", "\"lost\": -3")]
    [InlineData("\"lost\": 3", "\"lots\": 3")]
    [InlineData("\"from\": \"00:00:04\"", "\"from\": 4")]
    [InlineData("\"at\": \"2026-01-02T03:04:05+00:00\"", "\"at\": \"yesterday\"")]
    [InlineData("\"capBytes\": null", "\"capBytes\": 0")]
    [InlineData("\"reason\":", "\"because\":")]
    [InlineData("\"isMissed\": false", "\"isMissed\": false, \"more\": 1")]
    public void Json_that_is_not_is_refused(string right, string wrong)
    {
        string json = Whole.RenderJson();
        Assert.Contains(right, json, StringComparison.Ordinal);

        Assert.NotEmpty(Problems(json.Replace(right, wrong, StringComparison.Ordinal)));
    }

    [Fact]
    public void Every_field_of_the_schema_is_described()
    {
        JsonNode schema = JsonNode.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "../../../../docs/drills.schema.json")))!;
        Assert.Empty(Undescribed(schema));

        static IEnumerable<string> Undescribed(JsonNode? node) => node switch
        {
            JsonObject o => (o["properties"] as JsonObject ?? [])
                .Where(p => p.Value!["description"] is null).Select(p => p.Value!.GetPath())
                .Concat(o.SelectMany(p => Undescribed(p.Value))),
            JsonArray a => a.SelectMany(Undescribed),
            _ => [],
        };
    }

    [Fact]
    public async Task Results_in_a_data_directory_are_read_back_and_older_ones_without_memory_too()
    {
        DrillOutcome outcome = DrillSamples.Kafka();
        await DrillHistory.WriteAsync(_folder.Path, outcome);
        string file = Assert.Single(Directory.GetFiles(_folder.Below("drills")));
        JsonObject json = JsonNode.Parse(await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken))!.AsObject();
        JsonObject whole = JsonNode.Parse(Whole.RenderJson())!.AsObject();
        whole["drills"] = new JsonArray(json.DeepClone());
        Assert.Empty(Problems(whole.ToJsonString()));

        DrillOutcome read = Assert.Single(DrillHistory.Latest(_folder.Path));
        Assert.Equal(JsonSerializer.Serialize(outcome, LabJson.Options), JsonSerializer.Serialize(read, LabJson.Options));

        json.Remove("memory");
        json.Remove("moments");
        json["prediction"]!.AsObject().Remove("errors");
        await File.WriteAllTextAsync(file, json.ToJsonString(), TestContext.Current.CancellationToken);
        DrillOutcome old = Assert.Single(DrillHistory.Latest(_folder.Path));
        Assert.Empty(old.Memory);
        Assert.Equal(outcome.Moments, old.Timeline());
        Assert.Contains("seen: NotEnoughReplicas (19): 3", DrillMarkdown.Render(old), StringComparison.Ordinal);
    }

    [Fact]
    public void JUnit_counts_what_failed_and_what_did_not_run()
    {
        XElement suite = XDocument.Parse((Whole with { NotRun = [new("broker-paused", Hostile)] }).RenderJUnit()).Root!;

        Assert.Equal("testsuite", suite.Name);
        Assert.Equal(("6", "2", "1", "0"), (Value("tests"), Value("failures"), Value("errors"), Value("skipped")));
        Assert.Equal(("267.500", "2026-01-02T03:04:05"), (Value("time"), Value("timestamp")));
        XElement[] cases = [.. suite.Elements("testcase")];
        Assert.Equal(["leader-bounced", "mysql-killed"], cases.Where(c => c.Element("failure") is not null).Select(c => c.Attribute("name")!.Value));
        string failure = suite.Descendants("failure").First().Attribute("message")!.Value;
        Assert.StartsWith("3 of 5990 acknowledged messages of the idempotent producer are lost: 0, 1, 2", failure, StringComparison.Ordinal);
        Assert.Equal("62.500", cases[0].Attribute("time")!.Value);
        Assert.Contains("0 of 11,990 acknowledged messages lost", cases[0].Element("system-out")!.Value, StringComparison.Ordinal);
        string Value(string name) => suite.Attribute(name)!.Value;
    }

    [Theory]
    [InlineData(0, 0, false, 0)]
    [InlineData(1, 0, false, 1)]
    [InlineData(0, 1, false, 1)]
    [InlineData(0, 1, true, 2)]
    [InlineData(1, 1, true, 1)]
    public void Exit_code_says_first_whether_something_was_lost(long lost, int notRun, bool isCutShort, int code) =>
        Assert.Equal(
            code,
            DrillCommand.ExitCode(Whole with { Drills = [DrillSamples.Kafka(lost: lost)], NotRun = [.. Whole.NotRun.Take(notRun)] }, isCutShort));

    [Fact]
    public void Html_is_one_file_that_loads_nothing_and_runs_nothing()
    {
        string html = DrillHtml.Render(Whole);

        string[] outside = ["http", "src=", "url(/", "@import", "<script", "<link", "<iframe", "javascript", "data:"];
        Assert.All(outside, word => Assert.DoesNotContain(word, html, StringComparison.OrdinalIgnoreCase));
        Assert.All(Document(html).Descendants().Attributes("href"), a => Assert.StartsWith("#", a.Value, StringComparison.Ordinal));
        // Seventeen drills stay below 3 MB.
        Assert.InRange(html.Length, 20_000, Whole.Drills.Count * 3_000_000 / 17);
    }

    [Fact]
    public void Html_has_unique_ids_and_every_reference_has_its_target()
    {
        XDocument document = Document(DrillHtml.Render(Whole));
        string[] ids = [.. document.Descendants().Attributes("id").Select(a => a.Value)];

        Assert.Equal(ids.Distinct(), ids);
        string[] references = [.. document.Descendants().Attributes().SelectMany(a => Reference.Matches(a.Value)).Select(m => m.Groups["id"].Value)];
        Assert.True(references.Length > 20, "Few clip paths and links were found.");
        Assert.All(references, r => Assert.Contains(r, ids));
    }

    [Fact]
    public void Html_has_the_charts_of_each_drill_and_only_those_for_which_there_is_data()
    {
        XDocument document = Document(DrillHtml.Render(Whole));
        XElement[] titles = [.. document.Descendants("h3")];

        Assert.Equal([3, 3, 1, 1, 0], titles.Select(t => t.ElementsAfterSelf().TakeWhile(e => e.Name != "h3").Count(e => e.Name == "figure")));
        string[] colors = [.. document.Descendants("svg").First().Descendants().Attributes("stroke").Select(a => a.Value).Distinct()];
        Assert.All(["s0", "s1", "fault", "healed", "moment", "grid", "axis"], color => Assert.Contains($"var(--{color})", colors));
        Assert.DoesNotContain(document.Descendants("svg").Descendants().Attributes("stroke"), a => a.Value.StartsWith('#'));
        Assert.Contains("cap 768 MiB: kafka-1", document.Descendants("text").Select(t => t.Value));
        Assert.Contains("10 s", document.Descendants("svg").First().Descendants("text").Select(t => t.Value));
        Assert.Contains(document.Descendants("figcaption").Descendants("span"), s => s.Value == "partition 1");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    public void Labels_of_moments_neither_overlap_nor_leave_the_picture(int faults)
    {
        DrillChart chart = DrillCharts.Of(DrillSamples.Kafka(faults: faults), "x")[0];
        IEnumerable<XElement> texts = chart.Svg.Elements("text").Where(t => (string?)t.Attribute("class") == "halo");
        (double From, double To, double Y, string Text)[] labels = [.. texts.Select(Box)];

        Assert.NotEmpty(labels);
        Assert.All(labels, l => Assert.InRange(l.From, 0, 1000));
        Assert.All(labels, l => Assert.InRange(l.To, 0, 1000));
        Assert.All(labels, l => Assert.InRange(l.Y, 8, 300));
        foreach ((double from, double to, double y, _) in labels)
            Assert.Single(labels, other => other.Y == y && other.From < to && other.To > from);
        Assert.Equal(faults, labels.Sum(l => l.Text.Split(", ").Count(t => t == "healed")));

        static (double, double, double, string) Box(XElement text)
        {
            double center = Number("x"), half = text.Value.Length * 5.8 / 2;
            return (center - half, center + half, Number("y"), text.Value);
            double Number(string name) => double.Parse(text.Attribute(name)!.Value, CultureInfo.InvariantCulture);
        }
    }

    [Fact]
    public void Html_escapes_whatever_a_result_says()
    {
        DrillOutcome hostile = DrillSamples.Kafka(Hostile, what: Hostile);
        hostile = hostile with
        {
            Victims = [Hostile],
            Left = [Hostile],
            Memory = [new(Hostile, 1, [new(1, 1)])],
            Result = hostile.Result! with
            {
                Producers = [hostile.Result.Producers[0] with { Name = Hostile, Errors = new Dictionary<string, long> { [Hostile] = 1 } }],
            },
            Moments = [new(Hostile, 1) { Detail = Hostile }],
            Prediction = new(default, default, Hostile, [Hostile]),
        };

        string html = DrillHtml.Render(new(default, 1, [hostile], [new(Hostile, Hostile)]) { Machine = Hostile, Kafka = Hostile });

        Assert.DoesNotContain("<script", html, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain('\u001b', html);
        Assert.Empty(Document(html).Descendants("script"));
        Assert.Contains("<script src=\"https://example.org/x.js\">alert('1')</script>", Document(html).Root!.Value, StringComparison.Ordinal);
    }

    [Fact]
    public void Nothing_but_html_loads_the_drawing_library()
    {
        // Start-up time and memory of the AppHost are measured: only DrillCharts may name a type of ScottPlot, and only DrillHtml names DrillCharts.
        string sources = Path.Combine(AppContext.BaseDirectory, "../../../../CdcLab.AppHost");
        string[] files = [.. Directory.GetFiles(sources, "*.cs", SearchOption.AllDirectories).Where(f => !f.Contains("/obj/", StringComparison.Ordinal))];
        string[] Naming(string word) =>
            [.. files.Where(f => File.ReadAllText(f).Contains(word, StringComparison.Ordinal)).Select(f => Path.GetFileName(f)!).Order(StringComparer.Ordinal)];

        Assert.Equal(["DrillCharts.cs"], Naming("using ScottPlot"));
        Assert.Equal(["DrillCharts.cs", "DrillHtml.cs"], Naming("DrillCharts"));
    }

    [Theory]
    [InlineData(60)]
    [InlineData(100)]
    public void Text_fits_the_terminal_and_loses_nothing(int width)
    {
        string list = DrillText.List(AllDrills.InOrder, width);
        Assert.All(AllDrills.InOrder, d => Assert.Contains(d.Name, list, StringComparison.Ordinal));
        Assert.All(AllDrills.InOrder, d => Assert.Contains(Words(d.What), Words(list), StringComparison.Ordinal));
        string[] results =
            [.. Whole.Drills.Select(d => DrillText.Result(d, width, ansi: false)), DrillText.NotRun(Whole.NotRun[0], width, ansi: false)];
        Assert.All(results.Append(list).SelectMany(t => t.Split('\n')), line => Assert.True(line.Length <= width, line));
        Assert.Contains("the lab was put back.", Words(results[^1]), StringComparison.Ordinal);
        Assert.Contains("predicted 4 to 11 s", Words(results[0]), StringComparison.Ordinal);

        static string Words(string text) => string.Join(' ', text.Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public void Text_has_a_line_for_each_drill_and_what_is_wrong_below_it()
    {
        Assert.Equal(
            "  leader-killed            passed  0 of 11,990 lost     waited 7.3 s   predicted 4 to 11 s",
            DrillText.Result(DrillSamples.Kafka(), 100, ansi: false));
        // Only what is longer than the line goes on in the next one.
        string[] list = DrillText.List(AllDrills.InOrder, 100).Split('\n');
        Assert.Equal(AllDrills.InOrder.Count, list.Count(l => l[2] != ' '));
        Assert.InRange(list.Length, AllDrills.InOrder.Count, AllDrills.InOrder.Count + 3);
        DrillOutcome slow = DrillSamples.Kafka("controller-bounced-hard");
        string missed = DrillText.Result(slow with { Result = slow.Result! with { LongestStallSeconds = 22.9 } }, 100, ansi: false);
        Assert.EndsWith("waited 22.9 s  predicted 4 to 11 s: missed", missed, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', missed);
        string[] lost = DrillText.Result(DrillSamples.Kafka(lost: 3), 100, ansi: false).Split('\n');
        Assert.Contains("FAILED  3 of 11,990 lost", lost[0], StringComparison.Ordinal);
        Assert.Equal("    3 of 5990 acknowledged messages of the idempotent producer are lost: 0, 1, 2", lost[1]);
        Assert.Equal(
            "6 drills: 3 passed, 2 failed, 1 did not run; 3 of 35,970 acknowledged messages lost; "
            + "2,148 commits of the market compared, 1 of its checks failed; 1 not as predicted.",
            DrillText.Sum(Whole));
    }

    [GeneratedRegex("^#(?<id>[a-z].*)$|url\\(#(?<id>[^)]+)\\)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Reference { get; }

    // What stands behind the doctype is XML.
    private static XDocument Document(string html) => XDocument.Parse(html);

    private static string[] Problems(string json)
    {
        EvaluationResults results = Schema.Evaluate(JsonNode.Parse(json), new() { OutputFormat = OutputFormat.List, RequireFormatValidation = true });
        return results.IsValid ? [] : [.. results.Details.SelectMany(d => (d.Errors ?? new Dictionary<string, string>()).Select(e => $"{d.InstanceLocation}: {e.Value}"))];
    }
}
