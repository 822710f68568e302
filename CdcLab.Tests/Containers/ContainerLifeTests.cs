using CdcLab.Model;
using CdcLab.Model.Containers;
using CdcLab.Model.Options;
using CdcLab.Runtime.Engine;
using CdcLab.Runtime.Engine.Probes;
using CdcLab.Runtime.Standalone.Containers;
using CdcLab.Runtime.Standalone.Processes;
using CdcLab.Runtime.Standalone.Servers;
using CdcLab.Tests.Lab;
using CdcLab.Tests.Lab.Host;
using Xunit;

namespace CdcLab.Tests.Containers;

/// <summary>Labs in containers from their start to their end, by whoever ends them.</summary>
[Trait("tier", "container")]
[Collection(WholeLabsCollection.Name)]
public sealed class ContainerLifeTests
{
    private static readonly TimeSpan Minutes = TimeSpan.FromMinutes(5);

    [ContainerFact]
    public async Task Verify_succeeds_and_leaves_nothing()
    {
        await using ContainerWorld lab = new();

        (int code, string output) = await AppHostProcess.RunAsync(lab.World, Minutes, "verify");

        Assert.True(code == 0, output);
        Assert.Contains("container runtime (Lab:Runtime=container)", output, StringComparison.Ordinal);
        Assert.Empty(await lab.LeftAsync());
    }

    [ContainerFact]
    public async Task Killed_host_is_cleaned_up_after_and_its_data_is_kept()
    {
        await using ContainerWorld lab = new();
        string cluster;
        using (AppHostProcess first = await lab.UpAsync())
        {
            await lab.AllOkAsync();
            cluster = await ClusterIdAsync(lab);
            first.Signal("KILL");
            await first.EndAsync(TimeSpan.FromSeconds(30));
        }

        Assert.Contains(await lab.LeftAsync(), l => l.StartsWith("container", StringComparison.Ordinal));
        using (AppHostProcess second = await lab.UpAsync())
        {
            Assert.Contains("Cleaned up after a host that was killed", second.Output, StringComparison.Ordinal);
            Assert.Equal(cluster, await ClusterIdAsync(lab));
            await lab.AllOkAsync();
            second.Signal("TERM");
            Assert.Equal(0, await second.EndAsync(TimeSpan.FromMinutes(2)));
        }

        Assert.All(await lab.LeftAsync(), l => Assert.StartsWith("volume", l, StringComparison.Ordinal));
        (int code, string output) = await AppHostProcess.RunAsync(lab.World, TimeSpan.FromMinutes(1), "reset", "--yes");
        Assert.True(code == 0, output);
        Assert.Empty(await lab.LeftAsync());
    }

    [ContainerFact]
    public async Task Engine_that_falls_silent_is_told_in_one_line_and_the_states_say_so()
    {
        await using ContainerWorld lab = new();
        await using SocketRelay relay = new(Path.Combine(lab.World.Folder, "engine.sock"), ContainerEngine.Find().Endpoint.AbsolutePath);
        lab.World.Variables["DOCKER_HOST"] = "unix://" + relay.Path;
        using AppHostProcess host = await lab.UpAsync();

        await relay.CloseAsync();

        await host.SaysAsync("does not answer any more", TimeSpan.FromSeconds(30));
        using CdcLab.Clients.Control.ControlClient control = lab.Control();
        await Deadline.WaitAsync(
            TimeSpan.FromSeconds(30),
            () => control.ListAsync(TestContext.Current.CancellationToken),
            all => all.Where(r => r.ContainerId is not null).All(r => r.State == CdcLab.Model.Live.RunState.Exited && r.Because!.Contains("engine", StringComparison.Ordinal)),
            "every server to be seen as lost");
        Assert.Equal(1, host.Output.Split('\n').Count(l => l.Contains("The container engine at", StringComparison.Ordinal)));

        host.Signal("TERM");
        Assert.Equal(0, await host.EndAsync(TimeSpan.FromMinutes(2)));
        lab.World.Variables.Remove("DOCKER_HOST");
        await AppHostProcess.RunAsync(lab.World, TimeSpan.FromMinutes(2), "reset", "--yes");
        Assert.Empty(await lab.LeftAsync());
    }

    [ContainerFact]
    public async Task Image_that_cannot_be_had_is_one_line_and_nothing_is_half_started()
    {
        await using ContainerWorld lab = new();
        lab.World.Variables["Lab__KafkaUi__Image"] = "registry.invalid/cdclab-test/none:1";

        (int code, string output) = await AppHostProcess.RunAsync(lab.World, TimeSpan.FromMinutes(2), "run");

        Assert.Equal(2, code);
        Assert.Contains("registry.invalid/cdclab-test/none:1 is not on this machine and cannot be pulled", Assert.Single(output.Split('\n'), l => l.StartsWith("error:", StringComparison.Ordinal)), StringComparison.Ordinal);
        Assert.DoesNotContain(await lab.LeftAsync(), l => l.StartsWith("container", StringComparison.Ordinal));
    }

    [ContainerFact]
    public async Task Container_over_its_cap_is_told_as_killed_by_the_kernel_for_it()
    {
        await using ContainerWorld lab = new();
        using ContainerEngine engine = ContainerEngine.Find();
        LabIdentity identity = new(lab.Name, lab.DataDirectory);
        LabParts parts = new(engine, lab.DataDirectory);
        LabModel model = LabModel.From(new LabOptions { PortBase = lab.World.PortBase, ZooKeeper = new ZooKeeperOptions { Image = "cdclab-test/zookeeper" } }, LabPorts.From(lab.World.PortBase), LabRuntimeKind.Container);
        ContainerSpec zooKeeper = ContainerMapping.Of(model)[1];
        // Every page of the heap is touched at the start, and the heap is four times the cap.
        ContainerSpec tooLarge = zooKeeper with
        {
            MemoryBytes = 64 * ByteSize.MiB,
            Volumes = [],
            Environment = [.. zooKeeper.Environment.Select(v => v.Key == "KAFKA_HEAP_OPTS" ? KeyValuePair.Create(v.Key, "-Xmx256m -Xms256m -XX:+AlwaysPreTouch") : v)],
        };
        await parts.EnsureNetworkAsync(identity, TestContext.Current.CancellationToken);
        using ServerLog log = new(Path.Combine(lab.World.Folder, "log"));
        try
        {
            ContainerServer server = new(tooLarge, identity, engine, capEnforced: true, _ => "", new ZooKeeperProbe(model.ZooKeeper), _ => { });
            await using RunningServer running = await server.LaunchAsync(log, TestContext.Current.CancellationToken);
            ServerEnd end = await running.Ended.WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);

            Assert.True(end.OomKilled, end.Text);
            Assert.Equal(137, end.ExitCode);
            Assert.Contains("killed by the kernel for its memory cap", end.Text, StringComparison.Ordinal);
        }
        finally
        {
            await parts.RemoveContainersAsync(CancellationToken.None);
        }
    }

    private static async Task<string> ClusterIdAsync(ContainerWorld lab)
    {
        await using CdcLab.Clients.ZooKeeper.ZooKeeperSession session = await CdcLab.Clients.ZooKeeper.ZooKeeperSession.OpenAsync("127.0.0.1", lab.Run.Ports!.ZooKeeper, TestContext.Current.CancellationToken);
        return System.Text.Encoding.UTF8.GetString((await session.ReadAsync(["/cluster/id"], TestContext.Current.CancellationToken))[0]!);
    }
}
