using CdcLab.Model;
using CdcLab.Model.Live;
using CdcLab.Model.Options;
using CdcLab.Runtime.Standalone;
using CdcLab.Runtime.Standalone.Data;
using CdcLab.Runtime.Standalone.Processes;
using CdcLab.Runtime.Standalone.Servers;
using CdcLab.Tests.Model.Fetching;
using Xunit;

namespace CdcLab.Tests.Model.Servers;

/// <summary>How often a server is launched by one start.</summary>
[Trait("tier", "model")]
public sealed class StartTriesTests : IDisposable
{
    // As Kafka 3.5.2 wrote them on a machine that stood still for some seconds.
    private const string LostSession = "org.apache.zookeeper.KeeperException$SessionExpiredException: KeeperErrorCode = Session expired for /feature";

    private static readonly LabModel Picture = LabModel.From(new LabOptions(), LabPorts.From(24_000) with { Control = 1, Simulator = 2 }, LabRuntimeKind.Embedded);

    private readonly TestFolder _folder = new();
    private readonly List<ResourceState> _states = [];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Broker_whose_ZooKeeper_session_is_lost_while_it_starts_is_started_once_more_and_says_so()
    {
        Scripted broker = new(Picture.Kafka.Brokers[0], LostSession, null);
        await using LabServer server = Server(broker);

        IReadOnlyList<string> said = await server.StartAsync(TestContext.Current.CancellationToken);

        Assert.Contains("ZooKeeper session was lost", Assert.Single(said), StringComparison.Ordinal);
        Assert.Equal(2, broker.Launches);
        Assert.Contains(_states, s => s.State == RunState.Failed && s.ExitCode == 1);
        Assert.Equal((RunState.Running, null), (_states[^1].State, _states[^1].ExitCode));
    }

    [Fact]
    public async Task Broker_that_loses_it_twice_is_given_up()
    {
        Scripted broker = new(Picture.Kafka.Brokers[0], LostSession, LostSession, null);
        await using LabServer server = Server(broker);

        ServerStartException failed = await Assert.ThrowsAsync<ServerStartException>(() => server.StartAsync(TestContext.Current.CancellationToken));

        Assert.Contains("Session expired", failed.Message, StringComparison.Ordinal);
        Assert.Equal(2, broker.Launches);
        Assert.Equal(RunState.Failed, _states[^1].State);
    }

    [Theory]
    [InlineData("kafka-1", "java.lang.IllegalArgumentException: requirement failed")]
    [InlineData("mysql", LostSession)]
    public async Task Whatever_else_ends_a_start_is_not_tried_again(string name, string line)
    {
        Scripted other = new(Picture.Resources.Single(r => r.Name == name), line, null);
        await using LabServer server = Server(other);

        await Assert.ThrowsAsync<ServerStartException>(() => server.StartAsync(TestContext.Current.CancellationToken));

        Assert.Equal(1, other.Launches);
    }

    [Fact]
    public async Task Server_that_was_stopped_and_cannot_be_launched_again_is_not_told_as_ended_by_itself()
    {
        Scripted broker = new(Picture.Kafka.Brokers[0], null, Scripted.Refused);
        await using LabServer server = Server(broker);
        await server.StartAsync(TestContext.Current.CancellationToken);
        await server.StopAsync(CancellationToken.None);

        ServerStartException refused = await Assert.ThrowsAsync<ServerStartException>(() => server.StartAsync(TestContext.Current.CancellationToken));

        Assert.Equal((RunState.Failed, refused.Message), (_states[^1].State, _states[^1].Because));
        Assert.DoesNotContain(_states, s => s.State == RunState.Exited);
    }

    private LabServer Server(RunnableServer server) => new(server, new DataDirectory(_folder.Path), new SecretMask([]), _states.Add);

    /// <summary>Writes one line a launch and ends with exit code 1, or answers where the script has no line.</summary>
    private sealed class Scripted(LabResource resource, params string?[] lines) : RunnableServer(resource)
    {
        public const string Refused = "refused before it is launched";

        public int Launches { get; private set; }

        public override bool CapEnforced => false;

        public override Task<RunningServer> LaunchAsync(ServerLog log, CancellationToken cancellationToken)
        {
            string? line = lines[Launches++];
            if (line == Refused)
                throw new ServerStartException(Refused);
            if (line is not null)
                log.Append(line);
            return Task.FromResult<RunningServer>(new Launched(ends: line is not null));
        }

        public override Task<string?> AskAsync(CancellationToken cancellationToken) =>
            lines[Launches - 1] is null ? Task.FromResult<string?>("1.0") : throw new IOException("Nobody listens.");
    }

    private sealed class Launched(bool ends) : RunningServer
    {
        private readonly TaskCompletionSource<ServerEnd> _ended = new();

        public override Task<ServerEnd> Ended => ends ? Task.FromResult(new ServerEnd(1)) : _ended.Task;

        public override Task SignalAsync(Signal signal, CancellationToken cancellationToken)
        {
            _ended.TrySetResult(new(128 + (int)signal));
            return Task.CompletedTask;
        }

        public override Task StopAsync(TimeSpan grace, CancellationToken hurry) => SignalAsync(Signal.Terminate, hurry);

        public override Task<MemoryFigures?> ReadMemoryAsync(CancellationToken cancellationToken) => Task.FromResult<MemoryFigures?>(null);

        public override ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
