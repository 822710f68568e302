using CdcLab.AppHost.Containers;
using CdcLab.AppHost.Processes;
using CdcLab.Tests.Lab;

namespace CdcLab.Tests.Containers;

/// <summary>What the lab asks of a container engine, with a real one.</summary>
[Trait("tier", "container")]
public sealed class EngineTests : IAsyncLifetime
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(60);
    private readonly string _lab = $"test-{Guid.NewGuid():N}"[..13];
    private readonly ContainerEngine _engine = new();
    private readonly LabContainers _containers;

    public EngineTests() => _containers = new(_engine, _lab);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        if (!ContainerFactAttribute.IsHere)
            return;
        foreach ((string list, string[] remove) in ((string, string[])[])[("container ls --all", ["rm", "--force", "--volumes"]), ("network ls", ["network", "rm"]), ("volume ls", ["volume", "rm"])])
        {
            string[] left = (await _engine.DockerAsync(CancellationToken.None, [.. list.Split(' '), "--quiet", "--filter", $"name={_lab}"])).Split('\n', StringSplitOptions.RemoveEmptyEntries);
            if (left.Length > 0)
                await _engine.DockerAsync(CancellationToken.None, [.. remove, .. left]);
        }
    }

    [ContainerFact]
    public async Task An_engine_that_answers_is_named_with_its_version()
    {
        EngineAnswer answer = await _engine.AskAsync(Stop);

        Assert.True(answer.Answers);
        Assert.Matches("^Docker [0-9]+[.][0-9.]+ answers$", answer.Because);
    }

    [ContainerFact]
    public async Task A_container_is_paused_resumed_and_killed_and_each_twice_is_no_fault()
    {
        string name = await RunAsync("kafka-1", "exec sleep 600");
        Assert.Equal("running", (await StateAsync(name)).Status);

        await _engine.PauseAsync(name, Stop);
        await _engine.PauseAsync(name, Stop);
        Assert.True((await StateAsync(name)).IsPaused);
        await _engine.ResumeAsync(name, Stop);
        await _engine.ResumeAsync(name, Stop);
        Assert.False((await StateAsync(name)).IsPaused);
        await _engine.KillAsync(name, Stop);
        await _engine.KillAsync(name, Stop);
        Assert.Equal("exited", (await StateAsync(name)).Status);

        Assert.Contains("is not running", (await Assert.ThrowsAsync<IOException>(() => _engine.PauseAsync(name, Stop))).Message, StringComparison.Ordinal);
    }

    [ContainerFact]
    public async Task A_paused_container_that_is_stopped_still_gets_its_SIGTERM()
    {
        string name = await RunAsync("mysql", "trap 'exit 7' TERM; while :; do sleep 0.1; done");
        await _engine.PauseAsync(name, Stop);

        await _engine.StopAsync(name, TimeSpan.FromSeconds(30), Stop);

        Assert.Equal("7", (await _engine.DockerAsync(Stop, "inspect", "--format", "{{.State.ExitCode}}", name)).Trim());
        await _engine.StopAsync("cdclab-nobody", TimeSpan.FromSeconds(1), Stop);
    }

    [ContainerFact]
    public async Task The_kernels_figures_are_read_also_of_a_paused_container()
    {
        string name = await RunAsync("kafka-1", "exec sleep 600");
        await _engine.PauseAsync(name, Stop);

        MemoryReading reading = Assert.Single(await _engine.InspectAsync([name, "cdclab-nobody"], Stop)).Memory()!;

        Assert.True(reading is { UsedBytes: > 0, CacheBytes: not null, PeakBytes: > 0, CapBytes: 64 * 1024 * 1024, CapEnforced: true, OomKills: 0 }, reading.ToString());
    }

    [ContainerFact]
    public async Task A_process_over_the_cap_is_counted_as_killed_for_it()
    {
        string name = await RunAsync("mysql", "tail /dev/zero; sleep 600");

        await Deadline.WaitAsync(Soon, async () => (await StateAsync(name)).Memory(), r => r?.OomKills == 1, "one OOM kill");
    }

    [ContainerFact]
    public async Task What_somebody_else_has_made_under_our_names_refuses_and_stays()
    {
        string volume = _containers.Volume("kafka-1", "data");
        await _engine.DockerAsync(Stop, "volume", "create", volume);
        Assert.Contains($"the volume {volume} is not this lab's", await _containers.RefusalAsync(["kafka-1", "kafka-2"], Stop), StringComparison.Ordinal);
        string name = _containers.Name("kafka-2");
        await _engine.DockerAsync(Stop, "run", "--detach", "--name", name, "--entrypoint", "sleep", TestImages.Kafka, "600");

        Assert.Contains($"the container {name} is not this lab's", await _containers.RefusalAsync(["kafka-1", "kafka-2"], Stop), StringComparison.Ordinal);
        await _containers.RemoveVolumesAsync(Stop);

        Assert.Equal("running", (await StateAsync(name)).Status);
        Assert.Equal(volume, (await _engine.DockerAsync(Stop, "volume", "ls", "--quiet", "--filter", $"name={_lab}")).Trim());
    }

    [ContainerFact]
    public async Task What_a_dead_AppHost_left_is_removed_even_if_it_still_runs()
    {
        string name = _containers.Name("kafka-9");
        await _engine.DockerAsync(Stop, "run", "--detach", "--name", name, "--label", $"{LabContainers.Label}={_lab}", "--label", $"{LabContainers.OwnerLabel}=1@1", "--entrypoint", "sleep", TestImages.Kafka, "600");

        Assert.Null(await _containers.RefusalAsync(["mysql"], Stop));

        Assert.Empty(await _engine.InspectAsync([name], Stop));
    }

    [ContainerFact]
    public async Task A_lab_of_the_same_name_whose_AppHost_lives_refuses()
    {
        string name = await RunAsync("mysql", "exec sleep 600");

        string? refusal = await _containers.RefusalAsync(["mysql"], Stop);

        Assert.Contains(string.Create(CultureInfo.InvariantCulture, $"runs already (AppHost process {Environment.ProcessId},"), refusal, StringComparison.Ordinal);
        Assert.Equal("running", (await StateAsync(name)).Status);
    }

    [ContainerFact]
    public async Task Volumes_of_the_lab_are_deleted_and_one_in_use_is_told()
    {
        string[] mount = [.. _containers.VolumeArguments("mysql", "data", "/data")];
        string user = await RunAsync("mysql", "sleep 600", mount);

        Assert.Contains("in use", (await Assert.ThrowsAsync<IOException>(() => _containers.RemoveVolumesAsync(Stop))).Message, StringComparison.Ordinal);
        await _engine.DockerAsync(Stop, "rm", "--force", user);
        await _containers.RemoveVolumesAsync(Stop);

        Assert.Empty(await _engine.DockerAsync(Stop, "volume", "ls", "--quiet", "--filter", $"name={_lab}"));
    }

    private async Task<string> RunAsync(string resource, string script, params string[] more)
    {
        string name = _containers.Name(resource);
        await _engine.DockerAsync(Stop, ["run", "--detach", "--name", name, "--memory", "64m", "--memory-swap", "64m", .. _containers.LabelArguments, .. more, "--entrypoint", "bash", TestImages.Kafka, "-c", script]);
        return name;
    }

    private async Task<ContainerState> StateAsync(string name) => Assert.Single(await _engine.InspectAsync([name], Stop));
}
