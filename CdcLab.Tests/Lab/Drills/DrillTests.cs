using System.Text.Json;
using Aspire.Hosting.ApplicationModel;
using CdcLab.AppHost.Drills;
using CdcLab.Clients.Verifier;
using CdcLab.Model.Drills;
using Microsoft.Extensions.DependencyInjection;

namespace CdcLab.Tests.Lab.Drills;

/// <summary>Drills on the real lab, and the proof that their oracle can fail.</summary>
[Collection(LabCollectionDefinition.Name)]
[Trait("tier", "lab")]
public sealed class DrillTests(LabApplication lab)
{
    [Theory]
    [InlineData("control")]
    [InlineData("leader-killed")]
    [InlineData("two-brokers-killed")]
    public async Task Nothing_that_was_acknowledged_is_lost(string name)
    {
        Assert.SkipWhen(lab.IsLegacy, "Needs Kafka 3.5: the legacy Kafka has no admin API.");
        await lab.AllOkAsync(TimeSpan.FromSeconds(30));
        DrillOutcome outcome = await lab.Services.GetRequiredService<DrillRunner>().RunAsync(AllDrills.InOrder.Single(d => d.Name == name), seed: 7, TestContext.Current.CancellationToken);
        TestContext.Current.SendDiagnosticMessage(DrillMarkdown.Render(outcome));

        Assert.Empty(outcome.Faults);
        Assert.All(outcome.Result!.Producers, p => Assert.True(p.Acknowledged > 100, $"{p.Name}: {p.Acknowledged}"));
        string[] moments = [.. outcome.Result.Moments.Select(m => m.What)];
        string[] expected = name == "control" ? []
            : [DrillMoment.Fault, DrillMoment.FirstMissed, DrillMoment.OutOfIsr, DrillMoment.FirstAfter, DrillMoment.Healed, DrillMoment.Started, DrillMoment.IsrWhole];
        Assert.All(expected, m => Assert.Contains(m, moments));
        // What the brokers wrote themselves; the times are compared by hand, for a busy machine is late with everything.
        if (name == "leader-killed")
            Assert.All([DrillMoment.Started, DrillMoment.IsrWhole], m => Assert.NotNull(outcome.Moments.Last(o => o.What == m).LoggedSeconds));
        if (name == "two-brokers-killed")
            Assert.True(outcome.Result.Producers[2].Errors.Any(e => e.Key.Contains("(19)", StringComparison.Ordinal) && e.Value > 0), "nothing was refused with NotEnoughReplicas");
        await lab.AllOkAsync(TimeSpan.FromSeconds(60));
    }

    [Fact]
    public async Task No_commit_is_lost_when_MySQL_is_killed_and_the_market_goes_on_by_itself()
    {
        await lab.AllOkAsync(TimeSpan.FromSeconds(30));
        DrillOutcome outcome = await lab.Services.GetRequiredService<DrillRunner>().RunAsync(AllDrills.InOrder.Single(d => d.Name == "mysql-killed"), seed: 7, TestContext.Current.CancellationToken);
        TestContext.Current.SendDiagnosticMessage(DrillMarkdown.Render(outcome));

        Assert.Empty(outcome.Faults);
        Assert.True(outcome.Market!.Commits > 100, $"{outcome.Market.Commits} commits");
        Assert.True(outcome.Market.StandstillSeconds > 9, $"it stood still for {outcome.Market.StandstillSeconds} s");
        Assert.Contains(DrillHistory.Latest(lab.Folder), o => o.Drill == "mysql-killed" && o.Market == outcome.Market with { Faults = o.Market!.Faults });
        await lab.AllOkAsync(TimeSpan.FromSeconds(60));
    }

    [Fact]
    public async Task What_a_leader_alone_acknowledged_is_lost_with_it_and_the_oracle_says_so()
    {
        Assert.SkipWhen(lab.IsLegacy, "Needs Kafka 3.5: the legacy Kafka has no admin API.");
        CancellationToken stop = TestContext.Current.CancellationToken;
        await lab.AllOkAsync(TimeSpan.FromSeconds(30));
        using JsonDocument secrets = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(lab.Folder, "secrets.json"), stop));
        using DrillClient drills = new(new Uri($"http://127.0.0.1:{lab.PortBase + 3}"), secrets.RootElement.GetProperty("token").GetString()!);
        await drills.BeginAsync(new DrillRequest("proof", Partitions: 1, LeaderAlone: true), stop);
        (DrillState state, _) = await Deadline.WaitAsync(TimeSpan.FromSeconds(20), () => drills.StateAsync(stop), s => s is { IsWhole: true, Acknowledged: > 300 }, "a whole topic");
        int leader = state.Leaders[0]!.Value;
        string[] followers = [.. state.Replicas[0].Where(id => id != leader).Select(ResourceNames.Broker)];

        double paused = (await drills.MarkAsync(DrillMoment.Fault, stop)).Seconds;
        await Task.WhenAll(followers.Select(f => lab.CommandAsync(f, "pause")));
        double alone = (await drills.StateAsync(stop)).Seconds;
        await Deadline.WaitAsync(TimeSpan.FromSeconds(10), () => drills.StateAsync(stop), s => s.Seconds > alone + 2, "two seconds");
        double killed = (await drills.StateAsync(stop)).Seconds;
        await lab.CommandAsync(ResourceNames.Broker(leader), "kill");
        foreach (string follower in followers)
            await lab.CommandAsync(follower, "resume");
        await Deadline.WaitAsync(TimeSpan.FromSeconds(60), () => drills.StateAsync(stop), s => s.Leaders[0] is { } other && other != leader, "another leader");
        await lab.CommandAsync(ResourceNames.Broker(leader), "start");
        await Deadline.WaitAsync(TimeSpan.FromSeconds(60), () => drills.StateAsync(stop), s => s.IsWhole, "a whole topic");
        ProducerResult result = Assert.Single((await drills.CloseAsync(stop)).Producers);

        // Exactly those between: all of them, and no other. A hundred a second, so that a number is a time.
        (double first, double last) = (result.LostNumbers[0] / 100.0, result.LastLost!.Value / 100.0);
        Assert.True(result.Lost >= 150, $"{result.Lost} lost");
        Assert.Equal(result.LastLost - result.LostNumbers[0] + 1, result.Lost);
        Assert.InRange(first, paused - 1, alone + 1);
        Assert.InRange(last, killed - 1, killed + 2);
        await lab.AllOkAsync(TimeSpan.FromSeconds(90));
    }

    [Fact]
    public async Task A_drill_that_is_interrupted_puts_the_lab_back()
    {
        Assert.SkipWhen(lab.IsLegacy, "Needs Kafka 3.5: the legacy Kafka has no admin API.");
        await lab.AllOkAsync(TimeSpan.FromSeconds(30));
        using CancellationTokenSource interrupt = new();
        Task<DrillOutcome> running = lab.Services.GetRequiredService<DrillRunner>().RunAsync(AllDrills.InOrder.Single(d => d.Name == "broker-paused"), 3, interrupt.Token);
        await lab.VerdictAsync("kafka.isr", Outcome.Failed, TimeSpan.FromSeconds(40));
        await interrupt.CancelAsync();
        DrillException told = await Assert.ThrowsAsync<DrillException>(() => running);
        Assert.Equal("broker-paused: it was interrupted; the lab was put back.", told.Message);
        await lab.AllOkAsync(TimeSpan.FromSeconds(60));
    }

    [Fact]
    public async Task A_drill_on_a_lab_that_is_not_whole_is_refused()
    {
        Assert.SkipWhen(lab.IsLegacy, "Needs Kafka 3.5: the legacy Kafka has no admin API.");
        await lab.CommandAsync("order-simulator", "kill");
        DrillException refused = await Assert.ThrowsAsync<DrillException>(() => lab.Services.GetRequiredService<DrillRunner>().RunAsync(AllDrills.InOrder[0], 1, TestContext.Current.CancellationToken));
        Assert.Contains("order-simulator.answers", refused.Message, StringComparison.Ordinal);
        await lab.CommandAsync("order-simulator", KnownResourceCommands.StartCommand);
        await lab.AllOkAsync(TimeSpan.FromSeconds(30));
    }
}
