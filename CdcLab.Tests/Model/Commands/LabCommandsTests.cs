using CdcLab.Clients.ZooKeeper;
using CdcLab.Model;
using CdcLab.Model.Live;
using CdcLab.Model.Options;
using CdcLab.Runtime.Commands;
using CdcLab.Runtime.View;
using CdcLab.Tests.Model.Dashboard;
using CdcLab.Tests.Model.View;
using Xunit;

namespace CdcLab.Tests.Model.Commands;

/// <summary>What a person can do to the lab in a dashboard: when, what is asked first, and what is said.</summary>
[Trait("tier", "model")]
public sealed class LabCommandsTests
{
    [Theory]
    [InlineData(RunState.Waiting, "")]
    [InlineData(RunState.Starting, "")]
    [InlineData(RunState.Running, "stop restart kill pause")]
    [InlineData(RunState.Paused, "stop resume restart kill")]
    [InlineData(RunState.Stopping, "")]
    [InlineData(RunState.Stopped, "start")]
    [InlineData(RunState.Exited, "start")]
    [InlineData(RunState.Failed, "start")]
    public void Commands_on_a_server_are_enabled_only_where_they_make_sense(RunState state, string enabled) =>
        Assert.Equal(enabled, Enabled(ShownLab.Healthy().With("kafka-1", s => s with { State = state }), "kafka-1"));

    [Fact]
    public void A_broker_cannot_be_started_before_its_ZooKeeper_and_says_so()
    {
        LabSnapshot lab = ShownLab.Healthy().With("kafka-1", ShownLab.Killed).With("zookeeper", ShownLab.Killed);
        CommandView start = LabView.Of(lab).Of("kafka-1").Commands.Single(c => c.Name == "start");
        Assert.Equal((CommandAvailability.Disabled, "kafka-1 needs zookeeper, which does not run: start zookeeper first."), (start.Availability, start.Description));
        Assert.Equal("start", Enabled(lab.With("verifier", ShownLab.Killed), "verifier"));
    }

    [Theory]
    [InlineData("stop")]
    [InlineData("restart")]
    [InlineData("kill")]
    [InlineData("pause")]
    public void What_breaks_something_is_asked_for_first_with_what_breaks(string command)
    {
        Assert.Contains("The market can place no orders", Confirmation(ShownLab.Healthy(), "mysql", command), StringComparison.Ordinal);
        Assert.Contains("2 brokers stay: writes go on", Confirmation(ShownLab.Healthy(), "kafka-1", command), StringComparison.Ordinal);
        LabSnapshot two = ShownLab.Healthy().With("kafka-3", ShownLab.Killed);
        Assert.Contains("1 broker stays, fewer than min.insync.replicas (2)", Confirmation(two, "kafka-1", command), StringComparison.Ordinal);
        Assert.Contains("No broker stays", Confirmation(two.With("kafka-2", ShownLab.Killed), "kafka-1", command), StringComparison.Ordinal);
    }

    [Fact]
    public void What_breaks_nothing_is_not_asked_for()
    {
        string[] asked = [.. LabView.Of(ShownLab.Healthy()).SelectMany(v => v.Commands).Where(c => c.Confirmation is not null).Select(c => c.Name).Distinct().Order()];
        Assert.Equal(["kill", "pause", "restart", "stop"], asked);
    }

    [Theory]
    [InlineData("12", false, "pause-market rate-double rate-halve")]
    [InlineData("12", true, "resume-market rate-double rate-halve")]
    [InlineData("0", true, "")]
    [InlineData("max", false, "pause-market")]
    [InlineData("60000", false, "pause-market rate-halve")]
    [InlineData("0.001", false, "pause-market rate-double")]
    public void Commands_on_the_market_follow_the_market(string rate, bool paused, string enabled)
    {
        LabSnapshot lab = ShownLab.Healthy() with { Market = Markets.Of(rate, paused) };
        string[] market = [.. Enabled(lab, "order-simulator").Split(' ').Where(c => c.Contains('-', StringComparison.Ordinal))];
        Assert.Equal(enabled, string.Join(' ', market));
        Assert.DoesNotContain("market", Enabled(lab with { Market = null }, "order-simulator"), StringComparison.Ordinal);
        Assert.DoesNotContain("market", Enabled(lab.With("order-simulator", ShownLab.Killed), "order-simulator"), StringComparison.Ordinal);
    }

    [Fact]
    public void The_verifier_and_the_cluster_have_commands_of_their_own()
    {
        Assert.Contains("verify-now open-report", Enabled(ShownLab.Healthy(), "verifier"), StringComparison.Ordinal);
        Assert.Equal("start", Enabled(ShownLab.Healthy().With("verifier", ShownLab.Killed), "verifier"));
        Assert.Equal("describe-topics", Enabled(ShownLab.Healthy(), "kafka"));
        Assert.Equal("", Enabled(ShownLab.Healthy().With("zookeeper", ShownLab.Killed), "kafka"));
    }

    [Fact]
    public void Names_are_unique_and_no_resource_shows_two_commands_of_one_name()
    {
        Assert.Equal(LabCommands.All.Count, LabCommands.All.Select(c => c.Name).Distinct().Count());
        Assert.All(LabView.Of(ShownLab.Healthy()), v => Assert.Equal(v.Commands.Count, v.Commands.Select(c => c.Name).Distinct().Count()));
    }

    [Theory]
    [InlineData("order-simulator", "pause-market")]
    [InlineData("order-simulator", "rate-double")]
    [InlineData("verifier", "verify-now")]
    [InlineData("verifier", "open-report")]
    [InlineData("kafka", "describe-topics")]
    public async Task Where_nobody_answers_the_command_says_so_and_does_not_throw(string resource, string command)
    {
        using FakeControl control = new([]);
        CommandOutcome outcome = await LabCommands.ExecuteAsync(command, Call(control, resource), TestContext.Current.CancellationToken);
        Assert.False(outcome.Succeeded);
        Assert.NotEmpty(outcome.Message);
        Assert.DoesNotContain("Exception", outcome.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_error_that_nobody_expects_is_told_too()
    {
        using FakeControl control = new(ShownLab.Healthy().States) { OnCommand = (_, _) => throw new InvalidOperationException("Strange.") };
        CommandOutcome outcome = await LabCommands.ExecuteAsync("kill", Call(control, "mysql"), TestContext.Current.CancellationToken);
        Assert.Equal((false, "InvalidOperationException: Strange."), (outcome.Succeeded, outcome.Message));
    }

    [Fact]
    public void Verdicts_are_a_table_with_those_first_that_need_somebody()
    {
        LabReport report = new()
        {
            At = ShownLab.Start,
            Checks = [ShownLab.Verdict("a.ok", "mysql", Outcome.Ok), ShownLab.Verdict("b.unknown", "mysql", Outcome.Unknown, null), ShownLab.Verdict("c.failed", "mysql", Outcome.Failed, "x | y <b>\n`z`")],
            NotPossibleHere = [new("memory.caps", "no cgroup")],
        };
        string[] lines = VerdictsText.Markdown(report).Split('\n');
        Assert.Equal("1 ok, 1 failed, 1 unknown (could not look), 1 not possible here.", lines[0]);
        Assert.Equal("| failed | c.failed | mysql | ROW | x \\| y \\<b\\> \\`z\\` | set binlog\\_format=ROW |", lines[4]);
        Assert.StartsWith("| unknown | b.unknown | mysql | ROW | Debezium reads rows. |", lines[5], StringComparison.Ordinal);
        Assert.StartsWith("| ok | a.ok |", lines[6], StringComparison.Ordinal);
        Assert.Contains("| memory.caps | no cgroup |", lines);
    }

    [Fact]
    public void Topics_are_a_table_with_those_first_that_lack_something_and_it_has_an_end()
    {
        ClusterState cluster = new([new(1, []), new(2, [])], 1, [.. Enumerable.Range(0, 600).Select(i => new PartitionState("orders", i, [1, 2], 1, i == 599 ? [1] : [1, 2]))]);
        string[] lines = DescribeTopicsCommand.Text(cluster).Split('\n');
        Assert.Equal("Brokers 1, 2; controller 1; 1 topics, 600 partitions, 1 of them under-replicated.", lines[0]);
        Assert.Equal("| orders-599 | 1 | 1, 2 | 1 | under-replicated |", lines[4]);
        Assert.Contains("100 more partitions are not shown.", lines);
    }

    private static CommandCall Call(FakeControl control, string resource)
    {
        // Ports on which nobody listens.
        LabModel model = LabModel.From(new() { PortBase = 1 }, LabPorts.From(1), LabRuntimeKind.Embedded);
        return new() { Resource = resource, Lab = ShownLab.Healthy(model) with { Market = Markets.Of("12", false) }, Control = control, Token = "the-token" };
    }

    private static string Enabled(LabSnapshot lab, string resource) =>
        string.Join(' ', LabView.Of(lab).Of(resource).Commands.Where(c => c.Availability == CommandAvailability.Enabled).Select(c => c.Name));

    private static string? Confirmation(LabSnapshot lab, string resource, string command) => LabView.Of(lab).Of(resource).Commands.Single(c => c.Name == command).Confirmation;
}
