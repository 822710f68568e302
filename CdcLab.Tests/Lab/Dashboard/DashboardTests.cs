using CdcLab.Model.Live;
using CdcLab.Runtime.Standalone.Data;
using CdcLab.Tests.Lab.Host;
using Microsoft.Playwright;
using Xunit;

namespace CdcLab.Tests.Lab.Dashboard;

/// <summary>The real dashboard on a real lab, looked at with a real browser.</summary>
[Trait("tier", "lab")]
[Collection(WholeLabsCollection.Name)]
public sealed class DashboardTests(DashboardLab dashboard) : IClassFixture<DashboardLab>
{
    private static readonly string[] Resources = ["mysql", "zookeeper", "kafka", "kafka-1", "kafka-2", "kafka-3", "order-simulator", "verifier"];

    [DashboardFact]
    public async Task Table_shows_the_whole_lab_with_the_brokers_below_their_cluster_and_status_shows_the_dashboard()
    {
        DashboardPage page = await OpenAsync();

        IReadOnlyList<KeyValuePair<string, string>> rows = await AllHealthyAsync(page);

        Assert.Equal(Resources, rows.Select(r => r.Key));
        Assert.Equal("0px", await page.MarginAsync("kafka"));
        foreach (string broker in (string[])["kafka-1", "kafka-2", "kafka-3"])
            Assert.NotEqual("0px", await page.MarginAsync(broker));

        (int code, string status) = await AppHostProcess.RunAsync(dashboard.Lab.World, TimeSpan.FromMinutes(1), "status");
        Assert.Equal(0, code);
        Assert.Contains($"dashboard: {dashboard.Link}", status, StringComparison.Ordinal);
        Assert.Contains("│ dashboard ", status, StringComparison.Ordinal);
    }

    [DashboardFact]
    public async Task Details_show_every_verdict_on_a_server_as_its_health()
    {
        DashboardPage page = await OpenAsync();

        string details = await page.DetailsAsync("mysql", "mysql.binlog_format");

        Assert.All(["mysql.gtid_mode", "mysql.grants.debezium", "Memory cap", "Version", "Process ID"], text => Assert.Contains(text, details, StringComparison.Ordinal));
        Assert.DoesNotContain(dashboard.Lab.Secret("root"), await page.Page.ContentAsync(), StringComparison.Ordinal);
    }

    [DashboardFact]
    public async Task Killed_broker_is_asked_about_seen_told_in_the_log_and_whole_again_after_its_start()
    {
        DashboardPage log = await OpenAsync();
        await log.Page.GotoAsync(new Uri(dashboard.Link, "/consolelogs/resource/verifier").ToString());
        await log.LogLineAsync("The latency probe begins");
        DashboardPage page = await OpenAsync();
        await AllHealthyAsync(page);

        await page.CommandAsync("kafka-2", "Kill", "SIGKILL");
        await page.AnswerAsync("No");
        await page.StateAsync("kafka-2", "Running");
        await page.CommandAsync("kafka-2", "Kill", "SIGKILL");
        await page.AnswerAsync("Yes");

        await page.StateAsync("kafka-2", "Exited");
        await page.StateAsync("kafka", "Running (Unhealthy)");
        await page.DetailsAsync("kafka", "kafka-2 does not run");
        await log.LogLineAsync("kafka-2.answers (");

        await page.OpenAsync();
        await page.StartAsync("kafka-2");
        await AllHealthyAsync(page);
    }

    [DashboardFact]
    public async Task Traces_lead_from_the_simulator_to_MySQL_and_from_the_verifier_to_a_broker()
    {
        DashboardPage page = await OpenAsync();
        await page.Page.GotoAsync(new Uri(dashboard.Link, "/traces").ToString());

        await Deadline.WaitAsync(
            TimeSpan.FromMinutes(1),
            async () => string.Join('\n', (await page.Page.Locator("tr").AllInnerTextsAsync()).Select(r => r.ReplaceLineEndings(" "))),
            seen => seen.Split('\n').Any(r => r.Contains("order-simulator: order", StringComparison.Ordinal) && r.Contains("mysql", StringComparison.Ordinal))
                && seen.Split('\n').Any(r => r.Contains("verifier: probe", StringComparison.Ordinal) && r.Contains("kafka-", StringComparison.Ordinal)),
            "an order's trace with mysql and a probe's with a broker");
    }

    [DashboardFact]
    public async Task Graph_shows_every_resource_once_and_the_latency_histograms_are_drawn()
    {
        DashboardPage page = await OpenAsync();

        await page.TextsAsync("/?view=Graph", ".resource-name title", names => names.Order(StringComparer.Ordinal).SequenceEqual(Resources.Order(StringComparer.Ordinal)), "every resource in the graph");
        foreach ((string resource, string meter, string histogram) in ((string, string, string)[])
            [("verifier", "CdcLab.Verifier", "cdclab.probe.ack.duration"), ("verifier", "CdcLab.Verifier", "cdclab.probe.consume.duration"), ("order-simulator", "CdcLab.OrderSimulator", "cdclab.commit.duration")])
        {
            await page.TextsAsync(
                $"/metrics/resource/{resource}?meter={meter}&instrument={histogram}&duration=5&view=Graph",
                ".legendtext",
                legend => legend.Order(StringComparer.Ordinal).SequenceEqual(["P50 Seconds", "P90 Seconds", "P99 Seconds"]),
                $"the percentiles of {histogram}");
        }
    }

    [DashboardFact]
    public async Task Open_page_is_live_again_by_itself_after_the_dashboard_was_killed()
    {
        CancellationToken stop = TestContext.Current.CancellationToken;
        DashboardPage page = await OpenAsync();
        RecordedProcess killed = RunRecord.Read(new DataDirectory(dashboard.Lab.World.DataDirectory))!.Dashboard!;

        using (System.Diagnostics.Process kill = System.Diagnostics.Process.Start("kill", ["-KILL", killed.Pid.ToString()]))
            await kill.WaitForExitAsync(stop);

        (RecordedProcess again, _) = await Deadline.WaitAsync(TimeSpan.FromMinutes(2), () => Task.FromResult(RunRecord.Read(new DataDirectory(dashboard.Lab.World.DataDirectory))!.Dashboard!), p => p is not null && p.Pid != killed.Pid, "another dashboard");
        Assert.NotEqual(killed.Pid, again.Pid);
        // What it shows now is news, and no remains of what it showed.
        await dashboard.Lab.Control.CommandAsync("order-simulator", ServerCommand.Pause, stop);
        await page.StateAsync("order-simulator", "Paused");
        await dashboard.Lab.Control.CommandAsync("order-simulator", ServerCommand.Resume, stop);
        await page.StateAsync("order-simulator", "Running");
    }

    [DashboardFact]
    public async Task Without_the_token_nothing_is_shown()
    {
        IPage page = await dashboard.NewPageAsync();
        foreach (string address in (string[])["/login?t=wrong", "/", "/consolelogs/resource/mysql"])
        {
            await page.GotoAsync(new Uri(dashboard.Link, address).ToString());
            await page.Locator("fluent-text-field").First.WaitForAsync();

            Assert.StartsWith("/login", new Uri(page.Url).PathAndQuery, StringComparison.Ordinal);
            Assert.Equal(0, await page.Locator("tr.resource-row, .log-line-row").CountAsync());
            Assert.DoesNotContain("zookeeper", await page.ContentAsync(), StringComparison.Ordinal);
        }
    }

    private async Task<DashboardPage> OpenAsync()
    {
        DashboardPage page = new(await dashboard.NewPageAsync(), dashboard.Link);
        await page.OpenAsync();
        return page;
    }

    private static Task<IReadOnlyList<KeyValuePair<string, string>>> AllHealthyAsync(DashboardPage page) =>
        page.TableAsync(rows => rows.Count == Resources.Length && rows.All(r => r.Value == "Running"), "every resource to run and be healthy");
}
