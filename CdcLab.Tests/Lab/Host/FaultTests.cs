using System.Diagnostics;
using CdcLab.Clients.Control;
using CdcLab.Model.Live;
using Xunit;

namespace CdcLab.Tests.Lab.Host;

/// <summary>Servers and services that die, by the kernel's hand and by ours.</summary>
[Trait("tier", "lab")]
[Collection(WholeLabsCollection.Name)]
public sealed class FaultTests(LabFixture lab) : IClassFixture<LabFixture>
{
    private static readonly TimeSpan TurnLimit = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan ReturnLimit = TimeSpan.FromSeconds(30);

    [Kafka35Theory]
    [InlineData("kafka-1", "kafka-1.answers")]
    [InlineData("kafka-3", "kafka.isr")]
    [InlineData("zookeeper", "zookeeper.answers")]
    public Task Kill_minus_9_of_the_cluster_turns_the_verdict_and_start_brings_every_check_back(string name, string check) => KillAndStartAsync(name, check);

    [Theory]
    [InlineData("mysql", "mysql.answers")]
    [InlineData("order-simulator", "order-simulator.answers")]
    public Task Kill_minus_9_turns_the_verdict_and_start_brings_every_check_back(string name, string check) => KillAndStartAsync(name, check);

    [Kafka35Fact]
    public async Task Paused_broker_is_noticed_and_resumes()
    {
        await lab.AllOkAsync(TimeSpan.FromSeconds(60));

        Assert.Equal(RunState.Paused, (await lab.Control.CommandAsync("kafka-2", ServerCommand.Pause, TestContext.Current.CancellationToken)).State);
        await Deadline.WaitAsync(TurnLimit, () => lab.VerdictAsync("kafka-2.answers"), v => v is { Outcome: not Outcome.Ok }, "kafka-2.answers to turn");
        Assert.Equal(RunState.Running, (await lab.Control.CommandAsync("kafka-2", ServerCommand.Resume, TestContext.Current.CancellationToken)).State);

        await lab.AllOkAsync(TimeSpan.FromSeconds(45));
    }

    [Fact]
    public async Task Service_that_somebody_else_has_paused_is_seen_so_and_can_be_resumed()
    {
        int pid = (await StateAsync("order-simulator")).Pid!.Value;

        using (Process stop = Process.Start("kill", ["-STOP", pid.ToString(System.Globalization.CultureInfo.InvariantCulture)]))
            await stop.WaitForExitAsync(TestContext.Current.CancellationToken);

        await Deadline.WaitAsync(TimeSpan.FromSeconds(5), () => StateAsync("order-simulator"), s => s.State == RunState.Paused, "order-simulator to be seen as paused");
        Assert.Equal(RunState.Running, (await lab.Control.CommandAsync("order-simulator", ServerCommand.Resume, TestContext.Current.CancellationToken)).State);
    }

    [Kafka35Fact]
    public async Task Broker_is_not_started_while_ZooKeeper_is_silent_and_the_line_says_so()
    {
        CancellationToken stop = TestContext.Current.CancellationToken;
        await lab.AllOkAsync(TimeSpan.FromSeconds(60));
        await lab.Control.CommandAsync("kafka-3", ServerCommand.Kill, stop);
        await lab.Control.CommandAsync("zookeeper", ServerCommand.Pause, stop);

        ControlException refused = await Assert.ThrowsAsync<ControlException>(() => lab.Control.CommandAsync("kafka-3", ServerCommand.Start, stop));

        Assert.Contains("kafka-3 cannot be started without zookeeper", refused.Message, StringComparison.Ordinal);
        await lab.Control.CommandAsync("zookeeper", ServerCommand.Resume, stop);
        Assert.Equal(RunState.Running, (await lab.Control.CommandAsync("kafka-3", ServerCommand.Start, stop)).State);
        await lab.AllOkAsync(TimeSpan.FromSeconds(60));
    }

    [Kafka35Fact]
    public async Task Lease_that_is_closed_undoes_its_fault()
    {
        await lab.AllOkAsync(TimeSpan.FromSeconds(60));

        await using (FaultLease lease = await lab.Control.TakeLeaseAsync("kafka-2", ServerCommand.Kill, TestContext.Current.CancellationToken))
            Assert.Equal(RunState.Stopped, (await StateAsync("kafka-2")).State);

        await Deadline.WaitAsync(TimeSpan.FromSeconds(30), () => StateAsync("kafka-2"), s => s.State == RunState.Running, "kafka-2 to run again");
    }

    [Fact]
    public async Task Start_goes_on_when_whoever_asked_for_it_has_gone()
    {
        CancellationToken stop = TestContext.Current.CancellationToken;
        await lab.AllOkAsync(TimeSpan.FromSeconds(60));
        await lab.Control.CommandAsync("order-simulator", ServerCommand.Kill, stop);

        using CancellationTokenSource gone = CancellationTokenSource.CreateLinkedTokenSource(stop);
        Task<ResourceState> start = lab.Control.CommandAsync("order-simulator", ServerCommand.Start, gone.Token);
        await Deadline.WaitAsync(TimeSpan.FromSeconds(10), () => StateAsync("order-simulator"), s => s.State == RunState.Starting, "order-simulator to start");
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => start);

        await Deadline.WaitAsync(TimeSpan.FromSeconds(30), () => StateAsync("order-simulator"), s => s.State == RunState.Running, "order-simulator to run");
    }

    [Fact]
    public async Task Command_that_makes_no_sense_is_refused_with_a_reason()
    {
        CancellationToken stop = TestContext.Current.CancellationToken;
        await lab.AllOkAsync(TimeSpan.FromSeconds(60));

        Assert.Contains("already runs", (await Assert.ThrowsAsync<ControlException>(() => lab.Control.CommandAsync("mysql", ServerCommand.Start, stop))).Message, StringComparison.Ordinal);
        Assert.Contains("not paused", (await Assert.ThrowsAsync<ControlException>(() => lab.Control.CommandAsync("mysql", ServerCommand.Resume, stop))).Message, StringComparison.Ordinal);
        Assert.Contains("there are mysql, zookeeper", (await Assert.ThrowsAsync<ControlException>(() => lab.Control.CommandAsync("kafka-9", ServerCommand.Stop, stop))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Control_endpoint_without_the_token_or_with_another_host_is_closed()
    {
        using HttpClient http = new();
        Uri list = new($"http://127.0.0.1:{lab.Model.Ports.Control}/v1/resources");

        using HttpResponseMessage without = await http.GetAsync(list, TestContext.Current.CancellationToken);
        using HttpRequestMessage rebound = new(HttpMethod.Get, list);
        rebound.Headers.Host = "evil.example";
        rebound.Headers.Authorization = new("Bearer", lab.Token);
        using HttpResponseMessage other = await http.SendAsync(rebound, TestContext.Current.CancellationToken);

        Assert.Equal(System.Net.HttpStatusCode.Unauthorized, without.StatusCode);
        Assert.Equal(System.Net.HttpStatusCode.MisdirectedRequest, other.StatusCode);
    }

    private async Task KillAndStartAsync(string name, string check)
    {
        await lab.AllOkAsync(TimeSpan.FromSeconds(60));
        ResourceState before = await StateAsync(name);

        using (Process kill = Process.Start("kill", ["-9", before.Pid!.Value.ToString()]))
            await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
        await Deadline.WaitAsync(TurnLimit, () => lab.VerdictAsync(check), v => v is { Outcome: not Outcome.Ok }, $"{check} to turn");
        ResourceState after = await StateAsync(name);
        Assert.Equal(RunState.Exited, after.State);
        Assert.Equal(137, after.ExitCode);

        ResourceState started = await lab.Control.CommandAsync(name, ServerCommand.Start, TestContext.Current.CancellationToken);
        Assert.Equal(RunState.Running, started.State);
        await lab.AllOkAsync(ReturnLimit);
    }

    private async Task<ResourceState> StateAsync(string name) =>
        (await lab.Control.ListAsync(TestContext.Current.CancellationToken)).Single(r => r.Name == name);
}
