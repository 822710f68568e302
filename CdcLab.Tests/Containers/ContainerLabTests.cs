using System.Net;
using CdcLab.Clients.Control;
using CdcLab.Model.Live;
using CdcLab.Runtime.Engine;
using CdcLab.Tests.Lab;
using CdcLab.Tests.Lab.Host;
using Docker.DotNet.Models;
using Xunit;

namespace CdcLab.Tests.Containers;

/// <summary>A lab in containers: what the engine says of it, and what the verifier does.</summary>
[Trait("tier", "container")]
[Collection(WholeLabsCollection.Name)]
public sealed class ContainerLabTests(ContainerLabFixture fixture) : IClassFixture<ContainerLabFixture>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [ContainerFact]
    public async Task Every_check_becomes_ok_and_both_sides_of_the_cluster_are_among_them()
    {
        await fixture.Lab.AllOkAsync();

        using CdcLab.Clients.Verdicts.VerdictsClient verdicts = new(fixture.Lab.Run.Ports!.Verifier, fixture.Lab.Run.Token!);
        IReadOnlyList<Verdict> checks = (await verdicts.ReportAsync(Stop)).Checks;
        Assert.Contains(checks, c => c.Id == "kafka.listeners.internal" && c.Actual!.Contains("kafka-3:29092", StringComparison.Ordinal));
        Assert.Contains(checks, c => c.Id == "kafka.listeners.external");
        Assert.Contains(checks, c => c.Id == "memory.kafka-ui");
    }

    [ContainerFact]
    public async Task The_engine_shows_the_caps_ports_and_log_limits_of_the_specification()
    {
        using ContainerEngine engine = ContainerEngine.Find();
        foreach ((string name, int cap) in ((string, int)[])[("mysql", 1024), ("zookeeper", 384), ("kafka-1", 768), ("kafka-2", 768), ("kafka-3", 768), ("kafka-ui", 384)])
        {
            ContainerInspectResponse container = await engine.Client.Containers.InspectContainerAsync($"cdclab-{fixture.Lab.Name}-{name}", Stop);

            Assert.Equal((cap * 1024L * 1024, cap * 1024L * 1024), (container.HostConfig!.Memory, container.HostConfig.MemorySwap));
            Assert.Equal("10m", container.HostConfig.LogConfig.Config["max-size"]);
            Assert.Equal("3", container.HostConfig.LogConfig.Config["max-file"]);
            Assert.All(container.HostConfig.PortBindings.Values.SelectMany(b => b), b => Assert.Equal("127.0.0.1", b.HostIP));
        }
    }

    [ContainerFact]
    public async Task The_engine_shows_the_settings_and_the_graces_of_the_specification()
    {
        using ContainerEngine engine = ContainerEngine.Find();
        ContainerInspectResponse mySql = await engine.Client.Containers.InspectContainerAsync($"cdclab-{fixture.Lab.Name}-mysql", Stop);
        ContainerInspectResponse zooKeeper = await engine.Client.Containers.InspectContainerAsync($"cdclab-{fixture.Lab.Name}-zookeeper", Stop);
        ContainerInspectResponse broker = await engine.Client.Containers.InspectContainerAsync($"cdclab-{fixture.Lab.Name}-kafka-2", Stop);
        int external = fixture.Lab.Run.Ports!.External(2);

        Assert.Subset(
            mySql.Config!.Cmd.ToHashSet(StringComparer.Ordinal),
            Words("--server-id=1 --binlog-format=ROW --binlog-row-image=FULL --gtid-mode=ON --enforce-gtid-consistency=ON --binlog-expire-logs-seconds=259200 --innodb-buffer-pool-size=536870912 --loose-innodb-redo-log-capacity=134217728 --max-connections=100 --default-time-zone=+00:00"));
        Assert.Contains("KAFKA_HEAP_OPTS=-Xmx256m -Xms256m", zooKeeper.Config!.Env);
        Assert.Contains("KAFKA_HEAP_OPTS=-Xmx512m -Xms512m", broker.Config!.Env);
        Assert.Subset(
            broker.Config.Env.ToHashSet(StringComparer.Ordinal),
            Words($"KAFKA_BROKER_ID=2 KAFKA_ZOOKEEPER_CONNECT=zookeeper:2181 KAFKA_ADVERTISED_LISTENERS=INTERNAL://kafka-2:29092,EXTERNAL://localhost:{external} KAFKA_INTER_BROKER_LISTENER_NAME=INTERNAL KAFKA_NUM_PARTITIONS=3 KAFKA_DEFAULT_REPLICATION_FACTOR=3 KAFKA_MIN_INSYNC_REPLICAS=2 KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR=3 KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR=3 KAFKA_TRANSACTION_STATE_LOG_MIN_ISR=2 KAFKA_UNCLEAN_LEADER_ELECTION_ENABLE=false KAFKA_LOG_RETENTION_HOURS=72 KAFKA_LOG_RETENTION_BYTES=1073741824"));
        Assert.Equal(60, broker.Config.StopTimeout?.TotalSeconds);
    }

    [ContainerFact]
    public async Task States_carry_the_container_and_the_kernels_own_cap()
    {
        using ControlClient control = fixture.Lab.Control();
        ResourceState broker = (await control.ListAsync(Stop)).Single(r => r.Name == "kafka-1");

        Assert.Equal(64, broker.ContainerId?.Length);
        Assert.Null(broker.Pid);
        Assert.True(broker.Memory is { CapEnforced: true, CapBytes: 768L * 1024 * 1024, UsedBytes: > 0 }, broker.Memory?.ToString());
    }

    [ContainerFact]
    public async Task Kafka_UI_shows_nothing_without_its_login_and_all_brokers_with_it()
    {
        using HttpClientHandler cookies = new() { AllowAutoRedirect = false, UseProxy = false };
        using HttpClient http = new(cookies) { BaseAddress = new Uri($"http://127.0.0.1:{fixture.Lab.Run.Ports!.KafkaUi}") };
        // The stand-in closes after each answer, and a connection that is kept may be half closed already when the next request is sent.
        http.DefaultRequestHeaders.ConnectionClose = true;

        using HttpResponseMessage closed = await http.GetAsync(new Uri("/api/clusters", UriKind.Relative), Stop);
        Assert.Equal(HttpStatusCode.Found, closed.StatusCode);

        using FormUrlEncodedContent login = new([KeyValuePair.Create("username", "cdclab"), KeyValuePair.Create("password", fixture.Lab.Secret("kafkaUi"))]);
        using HttpResponseMessage entered = await http.PostAsync(new Uri("/auth", UriKind.Relative), login, Stop);
        string clusters = await http.GetStringAsync(new Uri("/api/clusters", UriKind.Relative), Stop);
        Assert.Contains("\"brokerCount\": 3", clusters, StringComparison.Ordinal);
        Assert.Contains("\"readOnly\": true", clusters, StringComparison.Ordinal);
    }

    [ContainerFact]
    public async Task Broker_that_is_killed_is_seen_and_a_start_brings_every_check_back()
    {
        await fixture.Lab.AllOkAsync();
        using ControlClient control = fixture.Lab.Control();

        ResourceState killed = await control.CommandAsync("kafka-2", ServerCommand.Kill, Stop);
        Assert.Equal((RunState.Stopped, 137), (killed.State, killed.ExitCode));
        Assert.Equal(RunState.Running, (await control.CommandAsync("kafka-2", ServerCommand.Start, Stop)).State);

        await fixture.Lab.AllOkAsync();
    }

    [ContainerFact]
    public async Task Container_that_the_engines_own_tools_have_paused_is_seen_so_and_can_be_resumed()
    {
        using ControlClient control = fixture.Lab.Control();
        using ContainerEngine engine = ContainerEngine.Find();

        await engine.Client.Containers.PauseContainerAsync($"cdclab-{fixture.Lab.Name}-kafka-ui", Stop);

        await Deadline.WaitAsync(TimeSpan.FromSeconds(5), async () => (await control.ListAsync(Stop)).Single(r => r.Name == "kafka-ui"), s => s.State == RunState.Paused, "kafka-ui to be seen as paused");
        Assert.Equal(RunState.Running, (await control.CommandAsync("kafka-ui", ServerCommand.Resume, Stop)).State);
        await fixture.Lab.AllOkAsync();
    }

    [ContainerFact]
    public async Task Container_that_ends_without_us_is_seen_with_its_exit_code()
    {
        await fixture.Lab.AllOkAsync();
        using ControlClient control = fixture.Lab.Control();
        using ContainerEngine engine = ContainerEngine.Find();

        await engine.Client.Containers.KillContainerAsync($"cdclab-{fixture.Lab.Name}-kafka-ui", new ContainerKillParameters { Signal = "SIGKILL" }, Stop);

        (ResourceState seen, _) = await Deadline.WaitAsync(TimeSpan.FromSeconds(10), async () => (await control.ListAsync(Stop)).Single(r => r.Name == "kafka-ui"), s => s.State == RunState.Exited, "kafka-ui to be seen as ended");
        Assert.Equal(137, seen.ExitCode);
        await control.CommandAsync("kafka-ui", ServerCommand.Start, Stop);
        await fixture.Lab.AllOkAsync();
    }

    private static HashSet<string> Words(string settings) => settings.Split(' ').ToHashSet(StringComparer.Ordinal);
}
