using System.Diagnostics;
using CdcLab.Runtime.Standalone.Data;
using Xunit;

namespace CdcLab.Tests.Lab.Host;

/// <summary>How a lab ends, and what is left.</summary>
[Trait("tier", "lab")]
[Collection(WholeLabsCollection.Name)]
public sealed class LifeCycleTests
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromMinutes(5);

    [Fact]
    public async Task Killed_host_is_cleaned_up_by_the_next_start_and_strangers_are_left_alone()
    {
        using LabWorld world = new LabWorld().WithOneBroker();
        IReadOnlyList<RecordedProcess> left;
        using (AppHostProcess first = AppHostProcess.Start(world))
        {
            await first.SaysAsync("The lab is up", StartLimit);
            left = AppHostProcess.Recorded(world.DataDirectory);
            first.Signal("KILL");
            await first.EndAsync(TimeSpan.FromSeconds(10));
        }

        // A stranger whose number stands in the run file with another start time, as after a reuse of process ids.
        using Process stranger = Process.Start("sleep", "300");
        string runFile = new DataDirectory(world.DataDirectory).RunFilePath;
        await File.WriteAllTextAsync(runFile, (await File.ReadAllTextAsync(runFile, TestContext.Current.CancellationToken)).Replace(
            "\"processes\": [", $"\"processes\": [ {{ \"name\": \"kafka-9\", \"pid\": {stranger.Id}, \"startTime\": 1 }},", StringComparison.Ordinal), TestContext.Current.CancellationToken);
        Assert.Equal(5, left.Count);
        Assert.NotEmpty(world.Processes());

        using (AppHostProcess second = AppHostProcess.Start(world))
        {
            await second.SaysAsync("The lab is up", StartLimit);
            Assert.Contains("Cleaned up after a host that was killed", second.Output, StringComparison.Ordinal);
            Assert.All(left, p => Assert.False(Directory.Exists($"/proc/{p.Pid}"), $"{p.Name} ({p.Pid}) still runs"));
            Assert.False(stranger.HasExited, "A process that is not ours was ended.");
            second.Signal("TERM");
            Assert.Equal(0, await second.EndAsync(TimeSpan.FromSeconds(60)));
        }

        stranger.Kill();
        Assert.Empty(world.Processes());

        // Everything that a lab made has a name that reset knows: nothing is left, and the folder goes too.
        (int refused, _) = await AppHostProcess.RunAsync(world, TimeSpan.FromSeconds(30), "reset");
        Assert.Equal(2, refused);
        (int done, string said) = await AppHostProcess.RunAsync(world, TimeSpan.FromSeconds(30), "reset", "--yes");
        Assert.Equal(0, done);
        Assert.False(Directory.Exists(world.DataDirectory), said);
    }

    [Theory]
    [InlineData("HUP", "The lab is up")]
    [InlineData("INT", "kafka-1          starting")]
    [InlineData("TERM", "zookeeper        starting")]
    public async Task Signal_at_any_moment_ends_everything(string signal, string moment)
    {
        using LabWorld world = new LabWorld().WithOneBroker();
        using AppHostProcess host = AppHostProcess.Start(world);
        await host.SaysAsync(moment, StartLimit);

        host.Signal(signal);

        int code = await host.EndAsync(TimeSpan.FromSeconds(60));
        Assert.True(code == 0, $"exit code {code}: {host.Output}");
        Assert.Empty(world.Processes());
        Assert.False(File.Exists(new DataDirectory(world.DataDirectory).RunFilePath));
    }

    [Fact]
    public async Task Ctrl_C_while_fetching_leaves_no_process_and_no_folder()
    {
        using LabWorld world = new();
        world.Variables["XDG_CACHE_HOME"] = Path.Combine(world.Folder, "cache");
        world.Variables["Lab__Dashboard__Enabled"] = "true";
        using AppHostProcess host = AppHostProcess.Start(world);
        await host.SaysAsync("mysql: ", StartLimit);
        await host.SaysAsync("dashboard: ", StartLimit);

        host.Signal("INT");

        Assert.Equal(0, await host.EndAsync(TimeSpan.FromSeconds(30)));
        await Deadline.WaitAsync(TimeSpan.FromSeconds(5), () => Task.FromResult(string.Join('\n', world.Processes())), p => p.Length == 0, "no process to be left");
    }

    [Fact]
    public async Task Second_lab_in_the_same_folder_is_refused_and_verify_attaches()
    {
        using LabWorld world = new();
        using AppHostProcess host = AppHostProcess.Start(world);
        await host.SaysAsync("The lab is up", StartLimit);

        (int code, string output) = await AppHostProcess.RunAsync(world, TimeSpan.FromSeconds(30));
        Assert.Equal(2, code);
        Assert.Contains("already runs", output, StringComparison.Ordinal);

        string report = Path.Combine(world.Folder, "r.md");
        (code, output) = await AppHostProcess.RunAsync(world, TimeSpan.FromMinutes(3), "verify", "--report", report, "--json", Path.Combine(world.Folder, "r.json"));
        Assert.True(code == 0, output);
        Assert.Contains("Attached to the lab", output, StringComparison.Ordinal);
        Assert.Contains("## 5.1", await File.ReadAllTextAsync(report, TestContext.Current.CancellationToken), StringComparison.Ordinal);

        (code, output) = await AppHostProcess.RunAsync(world, TimeSpan.FromSeconds(30), "status", "--json");
        Assert.Equal(0, code);
        Assert.Contains("\"notPossibleHere\"", output, StringComparison.Ordinal);
        Assert.False(host.HasEnded);
    }
}
