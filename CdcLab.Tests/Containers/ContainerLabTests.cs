using System.Net;
using System.Text.Json;
using CdcLab.AppHost.Containers;
using CdcLab.AppHost.Drills;
using CdcLab.AppHost.Processes;
using CdcLab.Tests.Lab;
using Microsoft.Extensions.DependencyInjection;

namespace CdcLab.Tests.Containers;

/// <summary>A lab in containers: what the engine says of it, and what the verifier does.</summary>
[Collection(ContainerCollectionDefinition.Name)]
[Trait("tier", "container")]
public sealed class ContainerLabTests(ContainerApplication lab)
{
    private const long MiB = 1024 * 1024;
    private static readonly TimeSpan TurnLimit = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan WholeLimit = TimeSpan.FromSeconds(90);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [ContainerFact]
    public async Task Every_check_becomes_ok_and_both_sides_of_the_cluster_are_among_them()
    {
        LabReport report = await lab.AllOkAsync(WholeLimit);

        Assert.Contains("kafka-3:29092", report.Checks.Single(c => c.Id == "kafka.listeners.internal").Actual, StringComparison.Ordinal);
        Assert.Contains(report.Checks, c => c.Id == "kafka.listeners.external");
        Assert.Contains(report.Checks, c => c.Id == "memory.kafka-ui");
        Assert.True(report.Figures!.Containers);
        Assert.All(report.Figures.Resources.Where(r => r.State != "NotStarted"), r => Assert.True(r.Memory?.UsedBytes > 0, r.Name));
    }

    [ContainerFact]
    public async Task The_engine_shows_the_specifications_caps_ports_graces_and_log_limits()
    {
        foreach ((string name, int mebibytes, int grace) in ((string, int, int)[])[("mysql", 1024, 30), ("zookeeper", 384, 10), ("kafka-1", 768, 60), ("kafka-2", 768, 60), ("kafka-3", 768, 60), ("kafka-ui", 384, 10)])
        {
            JsonElement container = await lab.InspectAsync(name);
            JsonElement host = container.GetProperty("HostConfig"), log = host.GetProperty("LogConfig");

            Assert.Equal((mebibytes * MiB, mebibytes * MiB), (host.GetProperty("Memory").GetInt64(), host.GetProperty("MemorySwap").GetInt64()));
            Assert.Equal(("json-file", "10m", "3"), (log.GetProperty("Type").GetString(), log.GetProperty("Config").GetProperty("max-size").GetString(), log.GetProperty("Config").GetProperty("max-file").GetString()));
            Assert.Equal(grace, container.GetProperty("Config").GetProperty("StopTimeout").GetInt32());
            JsonElement[] bindings = [.. host.GetProperty("PortBindings").EnumerateObject().SelectMany(p => p.Value.EnumerateArray())];
            Assert.NotEmpty(bindings);
            Assert.All(bindings, b => Assert.Equal("127.0.0.1", b.GetProperty("HostIp").GetString()));
        }
    }

    [ContainerFact]
    public async Task The_engine_shows_the_specifications_settings()
    {
        JsonElement mySql = await lab.InspectAsync("mysql"), zooKeeper = await lab.InspectAsync("zookeeper"), broker = await lab.InspectAsync("kafka-2");

        Assert.Subset(
            Words(mySql, "Cmd"),
            Words("--server-id=1 --binlog-format=ROW --binlog-row-image=FULL --gtid-mode=ON --enforce-gtid-consistency=ON --binlog-expire-logs-seconds=259200 --innodb-buffer-pool-size=536870912 --loose-innodb-redo-log-capacity=134217728 --max-connections=100 --default-time-zone=+00:00"));
        Assert.Contains("KAFKA_HEAP_OPTS=-Xmx256m -Xms256m", Words(zooKeeper, "Env"));
        Assert.Contains("KAFKA_HEAP_OPTS=-Xmx512m -Xms512m", Words(broker, "Env"));
        Assert.Subset(
            Words(broker, "Env"),
            Words($"KAFKA_BROKER_ID=2 KAFKA_ZOOKEEPER_CONNECT=zookeeper:2181 KAFKA_ADVERTISED_LISTENERS=INTERNAL://kafka-2:29092,EXTERNAL://localhost:{lab.PortBase + 12} KAFKA_INTER_BROKER_LISTENER_NAME=INTERNAL KAFKA_NUM_PARTITIONS=3 KAFKA_DEFAULT_REPLICATION_FACTOR=3 KAFKA_MIN_INSYNC_REPLICAS=2 KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR=3 KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR=3 KAFKA_TRANSACTION_STATE_LOG_MIN_ISR=2 KAFKA_UNCLEAN_LEADER_ELECTION_ENABLE=false KAFKA_LOG_RETENTION_HOURS=72 KAFKA_LOG_RETENTION_BYTES=1073741824"));
    }

    [ContainerFact]
    public Task A_leader_that_is_killed_loses_nothing() => DrillAsync("leader-killed");

    [ContainerFact]
    public Task A_leader_that_is_paused_loses_nothing() => DrillAsync("broker-paused");

    [ContainerFact]
    public async Task Kafka_UI_shows_nothing_without_its_login_and_all_brokers_with_it()
    {
        using JsonDocument secrets = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(lab.Folder, "secrets.json"), Stop));
        using HttpClientHandler cookies = new() { AllowAutoRedirect = false, UseProxy = false };
        using HttpClient http = new(cookies) { BaseAddress = new Uri($"http://127.0.0.1:{lab.PortBase + 2}") };
        // The stand-in closes after each answer, and a connection that is kept may be half closed already when the next request is sent.
        http.DefaultRequestHeaders.ConnectionClose = true;

        await lab.AllOkAsync(WholeLimit);
        using HttpResponseMessage closed = await http.GetAsync(new Uri("/api/clusters", UriKind.Relative), Stop);
        Assert.Equal(HttpStatusCode.Found, closed.StatusCode);

        // One of the stand-in's connections has been seen to end without an answer.
        (JsonElement cluster, _) = await Deadline.WaitAsync(TurnLimit, ClusterAsync, _ => true, "the login and the cluster");
        Assert.Equal((3, true), (cluster.GetProperty("brokerCount").GetInt32(), cluster.GetProperty("readOnly").GetBoolean()));

        async Task<JsonElement> ClusterAsync()
        {
            using FormUrlEncodedContent login = new([KeyValuePair.Create("username", "cdclab"), KeyValuePair.Create("password", secrets.RootElement.GetProperty("kafkaUi").GetString()!)]);
            using HttpResponseMessage entered = await http.PostAsync(new Uri("/auth", UriKind.Relative), login, Stop);
            using JsonDocument clusters = JsonDocument.Parse(await http.GetStringAsync(new Uri("/api/clusters", UriKind.Relative), Stop));
            return Assert.Single(clusters.RootElement.EnumerateArray()).Clone();
        }
    }

    [ContainerFact]
    public async Task A_killed_broker_is_told_once_and_start_heals()
    {
        await lab.AllOkAsync(WholeLimit);
        await lab.CommandAsync("kafka-2", "kill");
        await CauseAsync("kafka-2.answers", "`kill` of this lab (SIGKILL)");
        await lab.CommandAsync("kafka-2", "start");
        await lab.AllOkAsync(WholeLimit);
    }

    [ContainerFact]
    public async Task A_container_that_dockers_own_client_pauses_is_told_as_paused_and_resume_heals()
    {
        await lab.AllOkAsync(WholeLimit);
        await lab.Engine.PauseAsync(ContainerApplication.Container("kafka-1"), Stop);
        await CauseAsync("kafka-1.answers", "paused");
        await lab.CommandAsync("kafka-1", "resume");
        await lab.AllOkAsync(WholeLimit);
    }

    [ContainerFact]
    public async Task A_container_that_is_killed_from_outside_is_told_so()
    {
        await lab.AllOkAsync(WholeLimit);
        await lab.Engine.KillAsync(ContainerApplication.Container("kafka-ui"), Stop);
        await CauseAsync("kafka-ui.answers", "SIGKILL");
        await lab.CommandAsync("kafka-ui", "start");
        await lab.AllOkAsync(WholeLimit);
    }

    [ContainerFact]
    public async Task A_broker_that_is_restarted_shuts_down_in_control()
    {
        await lab.AllOkAsync(WholeLimit);
        await lab.CommandAsync("kafka-3", "restart");
        await lab.AllOkAsync(WholeLimit);
        Assert.Contains("shut down completed", await File.ReadAllTextAsync(Path.Combine(lab.Folder, "logs", "kafka-3.log"), Stop), StringComparison.Ordinal);
    }

    [ContainerFact]
    public async Task A_second_lab_with_Debezium_runs_beside_it_and_is_stopped_and_reset_without_touching_it()
    {
        string name = $"second-{Guid.NewGuid():N}"[..13];
        string folder = Path.Combine(Path.GetTempPath(), $"cdclab-{name}");
        string[] arguments = TestImages.Arguments(name);
        try
        {
            await lab.AllOkAsync(WholeLimit);
            await using (AppHostProcess second = AppHostProcess.Start(27_100, folder, [.. arguments, .. TestImages.Debezium]))
            {
                await second.IsUpAsync();
                using (CdcLab.Clients.Verifier.VerifierClient verifier = new(new Uri("http://127.0.0.1:27103"), token: null))
                {
                    LabReport report = await verifier.ReportAsync(Stop);
                    Assert.All(["connect.answers", "connect.tasks", "connect.configuration", "cdc.flow", "cdc.values", "cdc.complete", "memory.connect"], id => Assert.Equal(Outcome.Ok, report.Checks.Single(c => c.Id == id).Outcome));
                    Assert.Equal(new DebeziumOptions().MemoryCap, report.Figures!.Resources.Single(r => r.Name == ResourceNames.Connect).Memory!.CapBytes);
                }

                await lab.AllOkAsync(WholeLimit);
                ProcessSignals.TrySend(second.Process.Id, Signal.Terminate);
                Assert.Equal(0, await second.EndedAsync());
            }

            await using (AppHostProcess reset = AppHostProcess.Start(27_100, folder, [.. arguments, "reset", "--yes"]))
                Assert.Equal(0, await reset.EndedAsync());
            Assert.Equal((0, 0), (await CountAsync("ps", name), await CountAsync("volume ls", name)));
            Assert.Equal((6, 6), (await CountAsync("ps", ContainerApplication.LabName), await CountAsync("volume ls", ContainerApplication.LabName)));
            await lab.AllOkAsync(WholeLimit);
        }
        finally
        {
            await new LabContainers(lab.Engine, name).RemoveVolumesAsync(CancellationToken.None);
            if (Directory.Exists(folder))
                Directory.Delete(folder, recursive: true);
        }
    }

    private async Task<int> CountAsync(string list, string labName) =>
        (await lab.Engine.DockerAsync(Stop, [.. list.Split(' '), "--quiet", "--filter", $"label={LabContainers.Label}={labName}"])).Split('\n', StringSplitOptions.RemoveEmptyEntries).Length;

    private async Task CauseAsync(string id, string how)
    {
        LabReport? last = null;
        await Deadline.WaitAsync(
            TurnLimit,
            async () => last = await lab.Verifier.ReportAsync(Stop),
            r => r.Checks.Single(c => c.Id == id).Actual?.Contains(how, StringComparison.Ordinal) == true && r.Checks.All(c => c.Outcome == Outcome.Ok || c.Id == id || c.CausedBy == id),
            $"{id} with its cause ({how}), and everything else following from it",
            () => last is null ? "no report" : string.Join("; ", last.Checks.Where(c => c.Outcome != Outcome.Ok).Select(c => $"{c.Id} {c.Outcome} by {c.CausedBy}: {c.Actual ?? c.Because}")));
    }

    private static HashSet<string> Words(JsonElement container, string name) => container.GetProperty("Config").GetProperty(name).EnumerateArray().Select(e => e.GetString()!).ToHashSet(StringComparer.Ordinal);

    private async Task DrillAsync(string name)
    {
        await lab.AllOkAsync(WholeLimit);
        DrillOutcome outcome = await lab.Services.GetRequiredService<DrillRunner>().RunAsync(AllDrills.InOrder.Single(d => d.Name == name), seed: 7, Stop);
        TestContext.Current.SendDiagnosticMessage(DrillMarkdown.Render(outcome));

        Assert.Empty(outcome.Faults);
        Assert.All(outcome.Result!.Producers, p => Assert.True(p.Acknowledged > 100, $"{p.Name}: {p.Acknowledged}"));
        await lab.AllOkAsync(WholeLimit);
    }

    private static HashSet<string> Words(string settings) => settings.Split(' ').ToHashSet(StringComparer.Ordinal);
}
