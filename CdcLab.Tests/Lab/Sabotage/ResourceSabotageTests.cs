namespace CdcLab.Tests.Lab.Sabotage;

public sealed class ResourceSabotageTests(LabApplication lab) : SabotageTest(lab)
{
    private static readonly TimeSpan TurnLimit = TimeSpan.FromSeconds(15);

    [Theory]
    [InlineData("mysql", "kill", "start")]
    [InlineData("mysql", "pause", "resume")]
    [InlineData("zookeeper", "kill", "start")]
    [InlineData("zookeeper", "pause", "resume")]
    [InlineData("kafka-2", "kill", "start")]
    [InlineData("kafka-2", "stop", "start")]
    [InlineData("kafka-2", "pause", "resume")]
    [InlineData("order-simulator", "kill", "start")]
    [InlineData("order-simulator", "pause", "resume")]
    public async Task What_is_done_to_a_resource_is_one_headline_and_its_fix_takes_it_back(string resource, string sabotage, string heals)
    {
        await Lab.AllOkAsync(TimeSpan.FromSeconds(30));
        await Lab.CommandAsync(resource, sabotage);
        // A symptom may be seen for some seconds before its cause.
        (LabReport Report, _) = await Deadline.WaitAsync(
            TurnLimit,
            () => Lab.Verifier.ReportAsync(TestContext.Current.CancellationToken),
            r => r.Checks.Count(c => c.Outcome == Outcome.Failed && c.CausedBy is null) == 1 && r.Checks.Any(c => c.Id == $"{resource}.answers" && c.Outcome == Outcome.Failed && c.Fix!.Contains($"`aspire resource {resource} {heals}`", StringComparison.Ordinal)),
            $"{resource}.answers alone, healed by {heals}");
        Verdict headline = Report.Checks.Single(c => c.Id == $"{resource}.answers");
        Assert.All(Report.Checks.Where(c => c.CausedBy == headline.Id), c => Assert.Equal(headline.Fix, c.Fix));
        await TypeAsync(headline.Fix!);
        await Lab.AllOkAsync(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task Two_causes_at_once_are_two_headlines()
    {
        await Lab.AllOkAsync(TimeSpan.FromSeconds(30));
        await Lab.CommandAsync("kafka-3", "kill");
        await RootAsync("SET GLOBAL sync_binlog = 0");
        (LabReport Report, _) = await Deadline.WaitAsync(
            TurnLimit,
            () => Lab.Verifier.ReportAsync(TestContext.Current.CancellationToken),
            r => r.Checks.Where(c => c.Outcome == Outcome.Failed && c.CausedBy is null).Select(c => c.Id).ToHashSet().SetEquals(["kafka-3.answers", "mysql.sync_binlog"]),
            "the two causes");
        foreach (Verdict root in Report.Checks.Where(c => c.Outcome == Outcome.Failed && c.CausedBy is null))
            await TypeAsync(root.Fix!);
        await Lab.AllOkAsync(TimeSpan.FromSeconds(30));
    }
}
