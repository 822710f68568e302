using System.Text.Json;
using CdcLab.AppHost.Processes;

namespace CdcLab.Tests.Lab;

/// <summary>However the AppHost ends, nothing is left and the next start works.</summary>
[Collection(EndCollectionDefinition.Name)]
[Trait("tier", "lab")]
public sealed class EndTests : IDisposable
{
    private const int PortBase = 26_100;
    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"cdclab-end-{Guid.NewGuid():N}");

    public void Dispose()
    {
        if (Directory.Exists(_folder))
            Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Told_to_stop_it_stops_brokers_in_control_and_leaves_nothing()
    {
        await using AppHostProcess host = AppHostProcess.Start(PortBase, _folder);
        await host.IsUpAsync();
        ProcessSignals.TrySend(host.Process.Id, Signal.Hangup);
        Assert.Equal(0, await host.EndedAsync());
        AssertNothingIsHeld();
        for (int broker = 1; broker <= 3; broker++)
        {
            string log = await File.ReadAllTextAsync(Path.Combine(_folder, "logs", $"kafka-{broker.ToString(CultureInfo.InvariantCulture)}.log"), TestContext.Current.CancellationToken);
            Assert.Contains("shut down completed", log, StringComparison.Ordinal);
            // A current Kafka writes none on a quiet machine. The last broker of a 0.9 asks three times to hand over each of its 53 partitions, to nobody. Thousands where brokers end together with ZooKeeper.
            Assert.InRange(log.Split("] ERROR ").Length - 1, 0, 200);
        }
    }

    [Fact]
    public async Task Killed_it_leaves_nothing_and_the_next_start_works()
    {
        await using (AppHostProcess host = AppHostProcess.Start(PortBase, _folder))
        {
            await host.IsUpAsync();
            ProcessSignals.TrySend(host.Process.Id, Signal.Kill);
            await host.EndedAsync();
        }

        await using AppHostProcess next = AppHostProcess.Start(PortBase, _folder);
        await next.IsUpAsync();
        ProcessSignals.TrySend(next.Process.Id, Signal.Terminate);
        Assert.Equal(0, await next.EndedAsync());
    }

    [Fact]
    public async Task Without_its_orchestrator_it_ends_with_exit_code_3_and_leaves_nothing()
    {
        await using AppHostProcess host = AppHostProcess.Start(PortBase, _folder);
        await host.IsUpAsync();
        Assert.NotEmpty(host.Orchestrator());
        foreach (int pid in host.Orchestrator())
            ProcessSignals.TrySend(pid, Signal.Kill);
        Assert.Equal(3, await host.EndedAsync());
        Assert.Contains(host.Lines, l => l.Contains("orchestrator (DCP) ended", StringComparison.Ordinal));
        AssertNothingIsHeld();
    }

    [Fact]
    public async Task Verify_of_a_temporary_lab_without_its_orchestrator_ends_with_exit_code_3_and_leaves_no_lab()
    {
        await using AppHostProcess host = AppHostProcess.Start(PortBase, _folder, "verify");
        await Deadline.WaitAsync(
            TimeSpan.FromSeconds(120), () => Task.FromResult(host.Lines), l => l.Any(line => line.Contains("up after", StringComparison.Ordinal)), "the first server", () => string.Join('\n', host.Lines));
        Assert.NotEmpty(host.Orchestrator());
        foreach (int pid in host.Orchestrator())
            ProcessSignals.TrySend(pid, Signal.Kill);
        int code = await host.EndedAsync();
        Assert.True(code == 3, $"exit code {code}\n{string.Join('\n', host.Lines)}");
        string[] left = Directory.GetDirectories(Path.Combine(_folder, "cdclab", ".temporary"));
        Assert.True(left.Length == 0, $"{string.Join(", ", left.SelectMany(l => Directory.EnumerateFileSystemEntries(l, "*", SearchOption.AllDirectories)))} left\n{string.Join('\n', host.Lines)}");
    }

    [Fact]
    public async Task Ended_at_any_moment_of_the_start_it_leaves_nothing_and_the_next_start_works()
    {
        int ends = int.TryParse(Environment.GetEnvironmentVariable("CDCLAB_RANDOM_ENDS"), CultureInfo.InvariantCulture, out int wanted) ? wanted : 3;
        Random random = new();
        string[] targets = ["AppHost", "AppHost", "dotnet run", "orchestrator"];
        Signal[] signals = [Signal.Interrupt, Signal.Terminate, Signal.Hangup, Signal.Kill];
        for (int i = 0; i < ends; i++)
        {
            // To the AppHost, to the dotnet run that started it (which leaves SIGINT to its child), or to the orchestrator.
            string target = targets[random.Next(targets.Length)];
            await using AppHostProcess host = target == "dotnet run" ? AppHostProcess.StartByDotnetRun(PortBase, _folder) : AppHostProcess.Start(PortBase, _folder);
            TimeSpan moment = TimeSpan.FromMilliseconds(random.Next(500, 20_000));
            Signal signal = target == "orchestrator" ? Signal.Kill : signals[random.Next(target == "dotnet run" ? 1 : 0, signals.Length)];
            using CancellationTokenSource at = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
            at.CancelAfter(moment);
            try
            {
                await host.Process.WaitForExitAsync(at.Token);
            }
            catch (OperationCanceledException) when (!TestContext.Current.CancellationToken.IsCancellationRequested)
            {
                // Its moment has come.
            }

            IReadOnlyList<int> orchestrator = target == "orchestrator" ? host.Orchestrator() : [];
            TestContext.Current.TestOutputHelper?.WriteLine($"{signal} to {(orchestrator.Count > 0 ? "the orchestrator" : target)} after {moment.TotalSeconds:0.0} s");
            // Too early for an orchestrator, it is the AppHost that is killed.
            foreach (int pid in orchestrator.Count > 0 ? orchestrator : [host.Process.Id])
                ProcessSignals.TrySend(pid, signal);
            await host.EndedAsync();
        }

        await using AppHostProcess last = AppHostProcess.Start(PortBase, _folder);
        await last.IsUpAsync();
        ProcessSignals.TrySend(last.Process.Id, Signal.Terminate);
        Assert.Equal(0, await last.EndedAsync());
    }

    private void AssertNothingIsHeld()
    {
        using JsonDocument stamp = JsonDocument.Parse(File.ReadAllText(Path.Combine(_folder, "cdclab.json")));
        string id = stamp.RootElement.EnumerateObject().First(p => p.Name.Equals("id", StringComparison.OrdinalIgnoreCase)).Value.GetString()!;
        Assert.Empty(Directory.EnumerateDirectories("/sys/fs/cgroup", $"cdclab-{id}", new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = true }));
        Assert.False(File.Exists(Path.Combine(_folder, "run.json")));
    }
}

/// <summary>One lab at a time, and none beside that of the other tests.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class EndCollectionDefinition
{
    public const string Name = "ends";
}
