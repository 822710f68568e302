using CdcLab.Clients.Market;
using CdcLab.Model.Live;
using CdcLab.Runtime.Standalone.Data;
using CdcLab.Tests.Lab.Host;
using Xunit;

namespace CdcLab.Tests.Lab.Dashboard;

/// <summary>Every command of the dashboard, chosen in its menus on a real lab.</summary>
[Trait("tier", "lab")]
[Collection(WholeLabsCollection.Name)]
public sealed class DashboardCommandsTests(DashboardLab dashboard) : IClassFixture<DashboardLab>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [DashboardFact]
    public async Task Commands_that_break_something_ask_first_and_No_changes_nothing()
    {
        DashboardPage page = await OpenAsync();
        IReadOnlyList<ResourceState> before = await dashboard.Lab.Control.ListAsync(Stop);

        foreach ((string resource, string consequence) in ((string, string)[])
            [("mysql", "The market can place no orders"), ("zookeeper", "can elect no leader"), ("kafka-1", "2 brokers stay"), ("order-simulator", "The market stands still"), ("verifier", "Nobody checks the lab")])
        {
            foreach (string command in (string[])["Stop", "Restart", "Kill", "Pause"])
            {
                await page.CommandAsync(resource, command, consequence);
                await page.AnswerAsync("No");
            }
        }

        Assert.Equal(before.Select(r => (r.Name, r.State, r.Pid)), (await dashboard.Lab.Control.ListAsync(Stop)).Select(r => (r.Name, r.State, r.Pid)));
    }

    [DashboardFact]
    public async Task Broker_is_stopped_started_restarted_paused_and_resumed()
    {
        DashboardPage page = await OpenAsync();

        await ConfirmedAsync(page, "kafka-3", "Stop");
        await page.StateAsync("kafka-3", "Finished");
        await page.StartAsync("kafka-3");
        await page.StateAsync("kafka-3", "Running");
        int? first = (await StateAsync("kafka-3")).Pid;

        await ConfirmedAsync(page, "kafka-3", "Restart");
        await Deadline.WaitAsync(TimeSpan.FromMinutes(2), () => StateAsync("kafka-3"), s => s.State == RunState.Running && s.Pid is not null && s.Pid != first, "another process of kafka-3");
        await page.StateAsync("kafka-3", "Running");

        await ConfirmedAsync(page, "kafka-3", "Pause");
        await page.StateAsync("kafka-3", "Paused");
        await page.CommandUntilAsync("kafka-3", "Resume", async () => (await StateAsync("kafka-3")).State == RunState.Running);
        await page.StateAsync("kafka-3", "Running");
    }

    [DashboardFact]
    public async Task Market_is_paused_resumed_doubled_and_halved()
    {
        DashboardPage page = await OpenAsync();
        using MarketClient market = new(RunRecord.Living(new DataDirectory(dashboard.Lab.World.DataDirectory))!.Ports!.Simulator, dashboard.Lab.Token);
        string rate = (await market.StateAsync(Stop)).OrdersPerSecond;

        await page.CommandUntilAsync("order-simulator", "Pause the market", async () => (await market.StateAsync(Stop)).Paused);
        await page.CommandUntilAsync("order-simulator", "Resume the market", async () => !(await market.StateAsync(Stop)).Paused);
        await page.CommandUntilAsync("order-simulator", "Rate x2", async () => (await market.StateAsync(Stop)).OrdersPerSecond != rate);
        await page.CommandUntilAsync("order-simulator", "Rate /2", async () => (await market.StateAsync(Stop)).OrdersPerSecond == rate);
    }

    [DashboardFact]
    public async Task Verdicts_report_topics_and_the_SQL_prompt_are_shown()
    {
        foreach ((string resource, string command, string[] texts) in ((string, string, string[])[])
            [
                ("verifier", "Verify now", ["0 failed", "mysql.binlog_format"]),
                ("verifier", "Open the report", ["Verification", "kafka.min_insync_replicas"]),
                ("kafka", "Describe topics", ["0 of them under-replicated", "cdclab.probe-0"]),
                ("mysql", "SQL prompt", ["mysql --host=127.0.0.1", "connect --show-secrets"]),
            ])
        {
            DashboardPage page = await OpenAsync();

            await page.CommandUntilAsync(resource, command, async () => (await page.ShownAsync()).Contains(texts[0], StringComparison.Ordinal));

            string shown = await page.ShownAsync();
            Assert.All(texts, text => Assert.Contains(text, shown, StringComparison.OrdinalIgnoreCase));
            Assert.DoesNotContain(dashboard.Lab.Secret("debezium"), shown, StringComparison.Ordinal);
        }
    }

    private static async Task ConfirmedAsync(DashboardPage page, string resource, string command)
    {
        await page.CommandAsync(resource, command, resource);
        await page.AnswerAsync("Yes");
    }

    private async Task<ResourceState> StateAsync(string name) => (await dashboard.Lab.Control.ListAsync(Stop)).Single(r => r.Name == name);

    private async Task<DashboardPage> OpenAsync()
    {
        DashboardPage page = new(await dashboard.NewPageAsync(), dashboard.Link);
        await page.OpenAsync();
        await page.TableAsync(rows => rows.Count == 8 && rows.All(r => r.Value == "Running"), "every resource to run and be healthy");
        return page;
    }
}
