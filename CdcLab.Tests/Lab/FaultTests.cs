namespace CdcLab.Tests.Lab;

[Collection(LabCollectionDefinition.Name)]
[Trait("tier", "lab")]
public sealed class FaultTests(LabApplication lab)
{
    private static readonly TimeSpan TurnLimit = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan WholeLimit = TimeSpan.FromSeconds(60);

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
        // Debezium starts when somebody asks for it.
        ResourceFigures[] started = [.. report.Figures.Resources.Where(r => r.Name is not (ResourceNames.Connect or ResourceNames.OrdersCdc))];
        Assert.All(report.Figures.Resources.Except(started), r => Assert.Equal("NotStarted", r.State));
        Assert.All(started, r => Assert.Equal("Running", r.State));
        Assert.All(started, r => Assert.True(r.Memory?.UsedBytes > 0, r.Name));
        Assert.True(report.Orders > 0);
    }

    // Until the AppHost's next figures say how it ended, and every check that follows has been looked at.
    private async Task<(LabReport Report, Verdict Root, TimeSpan Took)> SettledAsync(string id)
    {
        LabReport? last = null;
        (_, TimeSpan took) = await Deadline.WaitAsync(
            TurnLimit,
            async () => last = await lab.Verifier.ReportAsync(TestContext.Current.CancellationToken),
            r => r.Checks.Single(c => c.Id == id) is { Outcome: Outcome.Failed, Actual: { } actual } && actual.Contains("it was ", StringComparison.Ordinal) && r.Checks.All(c => c.Outcome == Outcome.Ok || c.Id == id || c.CausedBy == id),
            $"{id} with its cause, and everything else following from it",
            () => last is null ? "no report" : string.Join("; ", last.Checks.Where(c => c.Outcome != Outcome.Ok).Select(c => $"{c.Id} {c.Outcome} by {c.CausedBy}: {c.Actual ?? c.Because}")));
        return (last!, last!.Checks.Single(c => c.Id == id), took);
    }
}
