using CdcLab.AppHost.Containers;
using CdcLab.AppHost.Processes;
using CdcLab.Clients.ZooKeeper;
using CdcLab.Tests.Lab;

namespace CdcLab.Tests.Containers;

/// <summary>Labs in containers from their start to their end, by whoever ends them.</summary>
[Collection(EndCollectionDefinition.Name)]
[Trait("tier", "container")]
public sealed class ContainerLifeTests : IAsyncLifetime
{
    private const int PortBase = 27_100;
    private readonly string _lab = $"life-{Guid.NewGuid():N}"[..12];
    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"cdclab-life-{Guid.NewGuid():N}");
    private readonly ContainerEngine _engine = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        if (ContainerFactAttribute.IsHere)
            await new LabContainers(_engine, _lab).RemoveVolumesAsync(CancellationToken.None);
        if (Directory.Exists(_folder))
            Directory.Delete(_folder, recursive: true);
    }

    [ContainerFact]
    public async Task Killed_it_leaves_no_container_and_its_data_outlives_it_until_reset()
    {
        string cluster;
        await using (AppHostProcess host = Start())
        {
            await host.IsUpAsync();
            cluster = await ClusterIdAsync();
            ProcessSignals.TrySend(host.Process.Id, Signal.Kill);
            await host.EndedAsync();
        }

        await Deadline.WaitAsync(TimeSpan.FromSeconds(20), ContainersAsync, c => c.Length == 0, "no container of the lab");
        await using (AppHostProcess next = Start())
        {
            await next.IsUpAsync();
            Assert.Equal(cluster, await ClusterIdAsync());
            ProcessSignals.TrySend(next.Process.Id, Signal.Terminate);
            Assert.Equal(0, await next.EndedAsync());
        }

        Assert.Empty(await ContainersAsync());
        Assert.Equal(6, (await VolumesAsync()).Length);
        await using AppHostProcess reset = Start("reset", "--yes");
        Assert.Equal(0, await reset.EndedAsync());
        Assert.Empty(await VolumesAsync());
    }

    [ContainerFact]
    public async Task Without_its_orchestrator_it_ends_with_exit_code_3_and_leaves_no_container()
    {
        await using AppHostProcess host = Start();
        await host.IsUpAsync();
        foreach (int pid in host.Orchestrator())
            ProcessSignals.TrySend(pid, Signal.Kill);

        Assert.Equal(3, await host.EndedAsync());
        Assert.Empty(await ContainersAsync());
    }

    [ContainerFact]
    public async Task A_container_of_somebody_else_with_one_of_the_names_refuses_the_start_and_stays()
    {
        string name = $"cdclab-{_lab}-kafka-2";
        await _engine.DockerAsync(Stop, "run", "--detach", "--name", name, "--entrypoint", "sleep", TestImages.Kafka, "600");
        try
        {
            await using AppHostProcess host = Start();
            Assert.Equal(2, await host.EndedAsync());
            Assert.Contains(host.Lines, l => l.Contains($"the container {name} is not this lab's", StringComparison.Ordinal));
            Assert.False(Directory.Exists(_folder));
            Assert.Equal("running", Assert.Single(await _engine.InspectAsync([name], Stop)).Status);
        }
        finally
        {
            await _engine.DockerAsync(CancellationToken.None, "rm", "--force", "--volumes", name);
        }
    }

    private AppHostProcess Start(params string[] arguments) => AppHostProcess.Start(PortBase, _folder, [.. TestImages.Arguments(_lab), .. arguments]);

    private static async Task<string> ClusterIdAsync()
    {
        await using ZooKeeperSession session = await ZooKeeperSession.OpenAsync("127.0.0.1", PortBase + 1, Stop);
        return Encoding.UTF8.GetString((await session.ReadAsync(["/cluster/id"], Stop))[0]!);
    }

    private async Task<string[]> ContainersAsync() => Lines(await _engine.DockerAsync(Stop, "ps", "--all", "--quiet", "--filter", $"label={LabContainers.Label}={_lab}"));

    private async Task<string[]> VolumesAsync() => Lines(await _engine.DockerAsync(Stop, "volume", "ls", "--quiet", "--filter", $"name=cdclab-{_lab}-"));

    private static string[] Lines(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
}
