using System.Diagnostics;
using CdcLab.Model;
using CdcLab.Model.Options;
using CdcLab.Runtime.Standalone;
using CdcLab.Runtime.Standalone.Data;
using CdcLab.Runtime.Standalone.Fetching;
using CdcLab.Runtime.Standalone.Processes;
using CdcLab.Runtime.Standalone.Servers;
using Xunit;

namespace CdcLab.Tests.Lab.Verifier;

/// <summary>A real ZooKeeper and three real brokers with the model's settings and the product's own command lines (but for Java's second compiler), without a host: tests kill, pause and misconfigure them one by one.</summary>
public sealed class KafkaClusterUnderTest : IAsyncLifetime
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);

    private readonly DataDirectory _directory = new(Path.Combine(Path.GetTempPath(), $"cdclab-tests-kafka-{Guid.NewGuid():N}"));
    private readonly Dictionary<string, Process> _processes = new(StringComparer.Ordinal);
    private JavaLaunch? _java;

    public KafkaClusterUnderTest()
    {
        int portBase = FreePorts.Base();
        Options = new() { PortBase = portBase };
        Ports = LabPorts.From(portBase);
        Model = LabModel.From(Options, Ports, LabRuntimeKind.Embedded);
    }

    public LabOptions Options { get; }

    public LabPorts Ports { get; }

    public LabModel Model { get; }

    public string Folder => _directory.Path;

    public async ValueTask InitializeAsync()
    {
        _directory.Create();

        // All tests that use it are skipped then.
        if (!Kafka35.IsHere)
            return;
        Installations found = Installations.Find(Options, kafkaSeries: null, new Progress<FetchProgress>(), CancellationToken.None);
        _java = new(await found.Java, await found.Kafka, _directory);
        using StartTurn turn = await StartTurn.TakeAsync();
        await StartAsync(ResourceNames.ZooKeeper);
        await Task.WhenAll(Model.Kafka.Brokers.Select(b => StartAsync(b.Name)));
    }

    /// <summary>Starts a server, again or for the first time, and waits until it answers.</summary>
    /// <param name="name">The server.</param>
    /// <param name="wrong">Settings that a broker gets instead of the model's.</param>
    public async Task StartAsync(string name, params ServerSetting[] wrong)
    {
        EmbeddedServer server = name == ResourceNames.ZooKeeper
            ? new EmbeddedZooKeeper(Model.ZooKeeper, _java!, _directory, _ => Task.FromResult<IReadOnlyList<string>>([]))
            : new EmbeddedBroker(With(Model.Kafka.Brokers.Single(b => b.Name == name), wrong), Model.ZooKeeper, Options.Kafka.SessionTimeout, _java!, _directory);
        LaunchSpec launch = await server.PrepareAsync(CancellationToken.None);

        // A server that lives for some seconds gains nothing from Java's second compiler, and starts sooner without it.
        int heap = launch.Command.ToList().FindIndex(a => a.StartsWith("-Xmx", StringComparison.Ordinal));
        launch = launch with { Command = [.. launch.Command.Take(heap), "-XX:TieredStopAtLevel=1", .. launch.Command.Skip(heap)] };

        // As the lab does: a machine that stands still for seconds costs a starting broker its session.
        bool ended = await EndsAsync(name, server, launch);
        if (ended && BrokerLog.TellsOfALostSession(File.ReadLines(Log(name))))
            ended = await EndsAsync(name, server, launch);
        if (ended)
            Assert.Fail($"{name} ended:\n{LastLines(name)}");
    }

    /// <summary>kill -9.</summary>
    public async Task KillAsync(params string[] names)
    {
        foreach (string name in names)
            _processes[name].Kill();
        foreach (string name in names)
            await _processes[name].WaitForExitAsync();
    }

    /// <summary>Kills a broker and starts it with other settings; the next start without any brings the model's back.</summary>
    public async Task RestartAsync(string name, params ServerSetting[] wrong)
    {
        await KillAsync(name);
        await StartAsync(name, wrong);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (Process process in _processes.Values)
        {
            if (!process.HasExited)
            {
                process.Kill();
                await process.WaitForExitAsync();
            }

            process.Dispose();
        }

        Directory.Delete(Folder, recursive: true);
    }

    // Launches it, and says whether it ended before it answered.
    private async Task<bool> EndsAsync(string name, EmbeddedServer server, LaunchSpec launch)
    {
        // A server's log goes to a file: a pipe that nobody reads would stop it.
        ProcessStartInfo start = new("/bin/sh", ["-c", "exec \"$@\" >>\"$0\" 2>&1", Log(name), .. launch.Command]) { WorkingDirectory = launch.WorkingDirectory, UseShellExecute = false };
        foreach ((string variable, string? value) in launch.Variables)
            start.Environment[variable] = value;
        Process process = Process.Start(start)!;
        _processes[name] = process;
        await Deadline.WaitAsync(
            StartLimit,
            // One that has ended refuses the connection, and that is no answer.
            async () => process.HasExited || await AskAsync(server),
            over => over,
            $"{name} to answer or to end",
            () => $"its last lines:\n{LastLines(name)}");
        return process.HasExited;
    }

    private static async Task<bool> AskAsync(EmbeddedServer server)
    {
        using CancellationTokenSource limit = new(TimeSpan.FromSeconds(2));
        return await server.AskAsync(limit.Token) is not null;
    }

    private static KafkaBroker With(KafkaBroker broker, ServerSetting[] wrong) => broker with
    {
        Settings = [.. broker.Settings.Where(s => wrong.All(w => w.Name != s.Name)), .. wrong],
    };

    private string LastLines(string name) => string.Join('\n', File.ReadLines(Log(name)).TakeLast(15));

    private string Log(string name) => Path.Combine(Folder, $"{name}.log");
}
