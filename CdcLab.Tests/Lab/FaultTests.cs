namespace CdcLab.Tests.Lab;

[Collection(LabCollectionDefinition.Name)]
[Trait("tier", "lab")]
public sealed class FaultTests(LabApplication lab)
{
    private static readonly TimeSpan TurnLimit = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan WholeLimit = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData("mysql")]
    [InlineData("zookeeper")]
    [InlineData("kafka-2")]
    [InlineData("order-simulator")]
    public async Task A_killed_server_or_service_is_told_once_and_start_heals(string resource)
    {
        await lab.AllOkAsync(WholeLimit);
        await lab.CommandAsync(resource, "kill");
        (LabReport report, Verdict root, _) = await lab.VerdictAsync($"{resource}.answers", Outcome.Failed, TurnLimit);
        Assert.Null(root.CausedBy);
        (report, root, _) = await SettledAsync(root.Id);
        Assert.Contains("`kill` of this lab (SIGKILL)", root.Actual, StringComparison.Ordinal);
        Assert.Contains($"aspire resource {resource} start", root.Fix, StringComparison.Ordinal);
        Assert.All(report.Checks.Where(c => c.Outcome != Outcome.Ok && c.Id != root.Id), c => Assert.Equal(root.Id, c.CausedBy));
        await lab.CommandAsync(resource, "start");
        await lab.AllOkAsync(WholeLimit);
    }

    [Theory]
    [InlineData("mysql")]
    [InlineData("kafka-1")]
    [InlineData("zookeeper")]
    public async Task A_paused_server_is_told_as_paused_and_resume_heals(string resource)
    {
        await lab.AllOkAsync(WholeLimit);
        await lab.CommandAsync(resource, "pause");
        (_, Verdict root, _) = await lab.VerdictAsync($"{resource}.answers", Outcome.Failed, TurnLimit);
        (_, root, _) = await SettledAsync(root.Id);
        Assert.Contains("it is paused", root.Actual, StringComparison.Ordinal);
        Assert.Contains($"aspire resource {resource} resume", root.Fix, StringComparison.Ordinal);
        await lab.CommandAsync(resource, "resume");
        await lab.AllOkAsync(WholeLimit);
    }

    [Fact]
    public async Task A_kill_from_outside_is_told_as_one()
    {
        LabReport before = await lab.AllOkAsync(WholeLimit);
        int pid = before.Figures!.Resources.Single(r => r.Name == "kafka-3").Pid!.Value;
        CdcLab.AppHost.Processes.ProcessSignals.TrySend(pid, CdcLab.AppHost.Processes.Signal.Kill);
        await lab.VerdictAsync("kafka-3.answers", Outcome.Failed, TurnLimit);
        (_, Verdict root, _) = await SettledAsync("kafka-3.answers");
        Assert.Contains("from outside the lab", root.Actual, StringComparison.Ordinal);
        await lab.CommandAsync("kafka-3", "start");
        await lab.AllOkAsync(WholeLimit);
    }

    [Fact]
    public async Task A_broker_that_is_stopped_and_started_shuts_down_in_control()
    {
        await lab.AllOkAsync(WholeLimit);
        await lab.CommandAsync("kafka-1", "restart");
        await lab.AllOkAsync(WholeLimit);
        string log = await File.ReadAllTextAsync(Path.Combine(lab.Folder, "logs", "kafka-1.log"), TestContext.Current.CancellationToken);
        Assert.Contains("shut down completed", log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_the_AppHost_knows_reaches_the_report()
    {
        LabReport report = await lab.AllOkAsync(WholeLimit);
        Assert.NotNull(report.Figures);
        Assert.StartsWith("MySQL ", report.Figures.MySql, StringComparison.Ordinal);
        Assert.StartsWith("Kafka ", report.Figures.Kafka, StringComparison.Ordinal);
        Assert.All(report.Figures.Resources, r => Assert.Equal("Running", r.State));
        Assert.All(report.Figures.Resources, r => Assert.True(r.Memory?.UsedBytes > 0, r.Name));
        Assert.True(report.Orders > 0);
    }

    // Until the AppHost's next figures say how it ended, and every check that follows has been looked at.
    private async Task<(LabReport Report, Verdict Root, TimeSpan Took)> SettledAsync(string id)
    {
        LabReport? last = null;
        (_, TimeSpan took) = await Deadline.WaitAsync(
            TurnLimit,
            async () => last = await lab.Verifier.ReportAsync(TestContext.Current.CancellationToken),
            r => r.Checks.Single(c => c.Id == id) is { Outcome: Outcome.Failed, Actual: { } actual } && (actual.Contains("it was ", StringComparison.Ordinal) || actual.Contains("paused", StringComparison.Ordinal)) && r.Checks.All(c => c.Outcome == Outcome.Ok || c.Id == id || c.CausedBy == id),
            $"{id} with its cause, and everything else following from it",
            () => last is null ? "no report" : string.Join("; ", last.Checks.Where(c => c.Outcome != Outcome.Ok).Select(c => $"{c.Id} {c.Outcome} by {c.CausedBy}: {c.Actual ?? c.Because}")));
        return (last!, last!.Checks.Single(c => c.Id == id), took);
    }
}
