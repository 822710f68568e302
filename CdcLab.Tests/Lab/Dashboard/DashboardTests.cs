using CdcLab.AppHost.Drills;
using CdcLab.AppHost.Processes;
using CdcLab.AppHost.Programs;
using Microsoft.Playwright;

namespace CdcLab.Tests.Lab.Dashboard;

/// <summary>The real dashboard of a real lab, looked at with a real browser.</summary>
[Collection(DashboardCollectionDefinition.Name)]
[Trait("tier", "browser")]
public sealed class DashboardTests(DashboardLab lab)
{
    private static readonly string[] Resources = ["mysql", "zookeeper", "kafka", "kafka-1", "kafka-2", "kafka-3", "order-simulator", "verifier"];

    /// <summary>The drills that are run in the dashboard: one, or those that are asked for; all take half an hour.</summary>
    public static TheoryData<string> Drills() => Environment.GetEnvironmentVariable("CDCLAB_DASHBOARD_DRILLS") switch
    {
        null or "" => ["zookeeper-killed"],
        "all" => [.. AllDrills.InOrder.Select(d => d.Name)],
        string names => [.. names.Split(',')],
    };

    [Fact(Skip = DashboardHere.Reason, SkipType = typeof(DashboardHere), SkipUnless = nameof(DashboardHere.IsAsked))]
    public Task Every_resource_of_the_lab_is_listed_as_running_and_healthy() => lab.LookAsync(async page =>
    {
        IReadOnlyDictionary<string, string> rows = await page.WholeAsync();
        Assert.Empty(Resources.Except(rows.Keys));
        Assert.Equal("0px", await page.MarginAsync("kafka"));
        foreach (string broker in (string[])["kafka-1", "kafka-2", "kafka-3"])
            Assert.NotEqual("0px", await page.MarginAsync(broker));
        await page.DetailAsync("kafka-2", "Memory", text => text.Contains("MiB", StringComparison.Ordinal), "show how much it uses");
    });

    [Fact(Skip = DashboardHere.Reason, SkipType = typeof(DashboardHere), SkipUnless = nameof(DashboardHere.IsAsked))]
    public Task A_broker_paused_from_outside_turns_the_verdict_and_going_on_turns_it_back() => lab.LookAsync(async page =>
    {
        int pid = await lab.PidAsync("kafka-2");
        ProcessSignals.TrySend(pid, Signal.Stop);
        try
        {
            await page.NotificationAsync("kafka-2.answers", "kafka-2 does not answer");
            await page.StateAsync("kafka-2", state => state == "Paused", "Paused");
            await page.StateAsync("verifier", state => state == "Running (Unhealthy)", "Running (Unhealthy)");
            await page.DetailAsync(
                "verifier",
                "verdicts-kafka-2",
                text => text.Contains("| Unhealthy", StringComparison.Ordinal) && text.Contains("kafka-2.answers", StringComparison.Ordinal),
                "be Unhealthy for kafka-2.answers");
        }
        finally
        {
            ProcessSignals.TrySend(pid, Signal.Continue);
        }

        await page.DetailAsync("verifier", "verdicts-kafka-2", text => text.Contains("| Healthy", StringComparison.Ordinal), "be Healthy");
        await page.WholeAsync();
    });

    [Fact(Skip = DashboardHere.Reason, SkipType = typeof(DashboardHere), SkipUnless = nameof(DashboardHere.IsAsked))]
    public Task A_broker_is_killed_in_its_menu_after_a_question_and_runs_again_by_Start() => lab.LookAsync(async page =>
    {
        const string Question = "Kill kafka-3 (SIGKILL)?";
        await page.ChooseAsync("kafka-3", "Kill", page.Window(Question));
        await page.AnswerAsync(Question, "No");
        await page.StateAsync("kafka-3", state => state == "Running", "Running");
        await page.ChooseAsync("kafka-3", "Kill", page.Window(Question));
        await page.AnswerAsync(Question, "Yes");
        await page.StateAsync("kafka-3", state => !state.StartsWith("Running", StringComparison.Ordinal), "no longer Running");
        await page.ChooseAsync("kafka-3", "Start", page.Starting("kafka-3"));
        await page.WholeAsync();
    });

    [Fact(Skip = DashboardHere.Reason, SkipType = typeof(DashboardHere), SkipUnless = nameof(DashboardHere.IsAsked))]
    public Task Debezium_is_started_in_its_menu_and_its_connector_is_paused_resumed_and_shown() => lab.LookAsync(async page =>
    {
        const string Question = "Pause orders-cdc?", Settings = "snapshot.locking.mode";
        await StartDebeziumAsync(page);
        Assert.NotEqual("0px", await page.MarginAsync("orders-cdc"));

        await page.ChooseAsync("orders-cdc", "Pause", page.Window(Question));
        await page.AnswerAsync(Question, "Yes");
        await page.StateAsync("orders-cdc", state => state.StartsWith("Paused", StringComparison.Ordinal), "Paused");
        await page.NotificationAsync("connect.connector", "PAUSED");
        await page.ChooseAsync("orders-cdc", "Resume", page.Starting("orders-cdc"));
        await page.WholeAsync();

        await page.ChooseAsync("orders-cdc", "Show configuration", page.Window(Settings));
        // A table: Markdown that was drawn, not its source.
        Assert.Contains(Settings, await page.Window(Settings).Locator("td code").AllInnerTextsAsync());
        string text = await page.Window(Settings).InnerTextAsync();
        Assert.All(await lab.SecretsAsync(), secret => Assert.DoesNotContain(secret, text, StringComparison.Ordinal));
    });

    [Theory(Skip = DashboardHere.Reason, SkipType = typeof(DashboardHere), SkipUnless = nameof(DashboardHere.IsAsked))]
    [MemberData(nameof(Drills))]
    public Task A_drill_is_run_in_its_resources_menu_and_shows_its_result(string name) => lab.LookAsync(async page =>
    {
        Drill drill = AllDrills.InOrder.Single(d => d.Name == name);
        if (drill.IsOfChanges)
            await StartDebeziumAsync(page);
        ILocator question = page.Window($"Run the drill {name}?"), window = page.Window("Recovery from a broker's failure");
        await page.ChooseAsync(drill.Resource, $"Drill: {name}", question);
        Assert.Contains("Predicted: the longest wait of a write is ", await question.InnerTextAsync(), StringComparison.Ordinal);
        await page.AnswerAsync($"Run the drill {name}?", "Yes");
        await window.WaitForAsync(new() { Timeout = 240_000 });
        string result = await window.InnerTextAsync();
        Assert.Contains(name, result, StringComparison.Ordinal);
        Assert.Contains("0 of ", result, StringComparison.Ordinal);
    });

    [Fact(Skip = DashboardHere.Reason, SkipType = typeof(DashboardHere), SkipUnless = nameof(DashboardHere.IsAsked))]
    public async Task A_drill_whose_page_is_closed_goes_on_to_its_end_and_the_lab_is_whole()
    {
        const string Name = "zookeeper-paused", Question = $"Run the drill {Name}?";
        await lab.LookAsync(async page =>
        {
            await page.ChooseAsync("kafka", $"Drill: {Name}", page.Window(Question));
            await page.AnswerAsync(Question, "Yes");
            await page.StateAsync("zookeeper", state => state.StartsWith("Paused", StringComparison.Ordinal), "Paused");
        });

        (DrillOutcome? outcome, _) = await Deadline.WaitAsync(
            TimeSpan.FromSeconds(60), () => Task.FromResult(DrillHistory.Latest(lab.Folder).SingleOrDefault(o => o.Drill == Name)), o => o is not null, $"the result of {Name}");
        Assert.Empty(outcome!.Faults);
        await lab.LookAsync(page => page.WholeAsync());
    }

    [Fact(Skip = DashboardHere.Reason, SkipType = typeof(DashboardHere), SkipUnless = nameof(DashboardHere.IsAsked))]
    public Task How_to_connect_of_mysql_shows_the_address_and_no_password() => lab.LookAsync(async page =>
    {
        await page.ChooseAsync("mysql", "How to connect", page.Window(DashboardLab.MySqlAddress));
        // A table and a code block: Markdown that was drawn, not its source.
        Assert.Contains(DashboardLab.MySqlAddress, await page.Window("How to connect").Locator("td code").AllInnerTextsAsync());
        string text = await page.Window("How to connect").InnerTextAsync();
        Assert.Contains($"mysql --host=127.0.0.1 --port={DashboardLab.MySqlAddress.Split(':')[1]}", text, StringComparison.Ordinal);
        Assert.All(await lab.SecretsAsync(), secret => Assert.DoesNotContain(secret, text, StringComparison.Ordinal));
    });

    private async Task StartDebeziumAsync(DashboardPage page)
    {
        Assert.SkipWhen(DebeziumProgram.Fault(Environment.GetEnvironmentVariable) is not null, $"Needs Kafka 3.5: and Debezium beside it. {DebeziumProgram.Fault(Environment.GetEnvironmentVariable)}");
        Assert.SkipWhen(await lab.IsLegacyAsync(), "Needs Kafka 3.5: Kafka Connect does not talk to the legacy Kafka.");
        await page.StartDebeziumAsync();
    }
}
