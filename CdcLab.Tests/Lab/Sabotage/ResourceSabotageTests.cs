using CdcLab.AppHost.Processes;

namespace CdcLab.Tests.Lab.Sabotage;

public sealed class ResourceSabotageTests(LabApplication lab) : SabotageTest(lab)
{
    private static readonly TimeSpan TurnLimit = TimeSpan.FromSeconds(15);

    [Theory]
    [InlineData("mysql", "kill", "`kill` of this lab (SIGKILL)", "start")]
    [InlineData("mysql", "pause", "it is paused", "resume")]
    [InlineData("zookeeper", "kill", "`kill` of this lab (SIGKILL)", "start")]
    [InlineData("zookeeper", "pause", "it is paused", "resume")]
    [InlineData("kafka-2", "kill", "`kill` of this lab (SIGKILL)", "start")]
    [InlineData("kafka-2", "stop", "`stop` of this lab", "start")]
    [InlineData("kafka-2", "pause", "it is paused", "resume")]
    [InlineData("order-simulator", "kill", "`kill` of this lab (SIGKILL)", "start")]
    [InlineData("order-simulator", "pause", "it is paused", "resume")]
    public async Task What_is_done_to_a_resource_is_one_headline_and_its_fix_takes_it_back(string resource, string sabotage, string says, string heals)
    {
        await Lab.AllOkAsync(TimeSpan.FromSeconds(30));
        await Lab.CommandAsync(resource, sabotage);
        // A symptom may be seen for some seconds before its cause, and how a server ended with the AppHost's next figures.
        string fix = $"`aspire resource {resource} {heals}`";
        (LabReport Report, _) = await Deadline.WaitAsync(
            TurnLimit,
            () => Lab.Verifier.ReportAsync(TestContext.Current.CancellationToken),
            r => r.Checks.All(c => c.Outcome == Outcome.Ok || c.Id == $"{resource}.answers" || c.CausedBy == $"{resource}.answers")
                && r.Checks.Single(c => c.Id == $"{resource}.answers") is { Outcome: Outcome.Failed, Fix: { } told } && told.Contains(fix, StringComparison.Ordinal),
            $"{resource}.answers alone, healed by {heals}");
        Verdict headline = Report.Checks.Single(c => c.Id == $"{resource}.answers");
        Assert.Contains(says, headline.Actual, StringComparison.Ordinal);
        Assert.All(Report.Checks.Where(c => c.CausedBy == headline.Id), c => Assert.Equal(headline.Fix, c.Fix));
        await TypeAsync(headline.Fix!);
        await Lab.AllOkAsync(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task Restart_is_a_start_where_a_server_has_ended()
    {
        await Lab.AllOkAsync(TimeSpan.FromSeconds(30));
        await Lab.CommandAsync("kafka-1", "kill");
        await Lab.CommandAsync("kafka-1", "restart");
        await Lab.AllOkAsync(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task A_cap_that_somebody_raised_is_set_again_by_a_restart()
    {
        LabReport whole = await Lab.AllOkAsync(TimeSpan.FromSeconds(30));
        Assert.SkipUnless(whole.Figures!.CapsNotEnforced is null, $"caps: {whole.Figures.CapsNotEnforced}");
        string pid = $"{whole.Figures.Resources.Single(r => r.Name == "kafka-3").Pid}";
        string limit = new[] { CgroupVersion.V2, CgroupVersion.V1 }.Select(v => $"{v.Mount()}{v.GroupOf(pid)}/{v.Limit}").First(File.Exists);
        string swap = limit.Replace(CgroupVersion.V1.Limit, CgroupVersion.V1.Swap, StringComparison.Ordinal);
        await BreakAndHealAsync("memory.kafka-3", async () =>
        {
            // A cap of version 1 may not be above that of memory and swap.
            foreach (string file in new[] { swap, limit }.Distinct().Where(File.Exists))
                await File.WriteAllTextAsync(file, $"{2048 * ByteSize.MiB}", TestContext.Current.CancellationToken);
        });
    }

    [Fact]
    public async Task A_server_that_was_moved_out_of_its_group_goes_back_by_a_restart()
    {
        LabReport whole = await Lab.AllOkAsync(TimeSpan.FromSeconds(30));
        Assert.SkipUnless(whole.Figures!.CapsNotEnforced is null, $"caps: {whole.Figures.CapsNotEnforced}");
        string pid = $"{whole.Figures.Resources.Single(r => r.Name == "kafka-3").Pid}";
        string above = new[] { CgroupVersion.V2, CgroupVersion.V1 }.Select(v => Path.GetDirectoryName(Path.GetDirectoryName($"{v.Mount()}{v.GroupOf(pid)}"))!).First(f => File.Exists($"{f}/cgroup.procs"));
        // In version 2 a group whose children are limited takes no process, but for the root.
        Assert.SkipUnless(CgroupVersion.V1.Mount() is { } mount && above.StartsWith(mount, StringComparison.Ordinal), "cgroup v1 alone lets a process out");
        await BreakAndHealAsync("memory.kafka-3", () => File.WriteAllTextAsync($"{above}/cgroup.procs", pid, TestContext.Current.CancellationToken), turnLimit: TimeSpan.FromSeconds(15));
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
