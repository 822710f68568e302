using System.Collections.Concurrent;
using System.Diagnostics;
using CdcLab.Clients.Verdicts;
using CdcLab.Model.Live;
using Xunit;

namespace CdcLab.Tests.Lab.Verifier;

/// <summary>The verifier as a process of its own, handed over to as a host does it, on a cluster under test; there is neither a host nor MySQL nor a simulator.</summary>
public sealed class VerifierUnderTest : IDisposable
{
    public const string Token = "the lab's token";

    private readonly ConcurrentQueue<string> _lines = new();

    private VerifierUnderTest(Process process, KafkaClusterUnderTest cluster)
    {
        Process = process;
        Client = new(cluster.Ports.Verifier, Token);
        Anonymous = new(cluster.Ports.Verifier, token: null);
        process.OutputDataReceived += (_, line) => Keep(line.Data);
        process.ErrorDataReceived += (_, line) => Keep(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public Process Process { get; }

    public VerdictsClient Client { get; }

    public VerdictsClient Anonymous { get; }

    public string Output => string.Join('\n', _lines);

    /// <summary>Starts it and waits until its API answers.</summary>
    /// <param name="cluster">The cluster.</param>
    /// <param name="throughAShell">Whether its parent is a shell of its own, which a test can kill.</param>
    public static async Task<VerifierUnderTest> StartAsync(KafkaClusterUnderTest cluster, bool throughAShell = false)
    {
        string program = Path.Combine(AppContext.BaseDirectory, "CdcLab.Verifier.dll");
        ProcessStartInfo start = throughAShell
            ? new("/bin/sh", ["-c", "dotnet \"$0\"; exit", program])
            : new("dotnet", [program]);
        start.UseShellExecute = false;
        start.RedirectStandardOutput = start.RedirectStandardError = true;
        foreach ((string name, string value) in Handover(cluster).ToVariables())
            start.Environment[name] = value;
        VerifierUnderTest verifier = new(Process.Start(start)!, cluster);
        try
        {
            await Deadline.WaitAsync(TimeSpan.FromSeconds(20), () => verifier.Client.HealthAsync(CancellationToken.None), h => h.Pid > 0, "the verifier to answer");
            return verifier;
        }
        catch
        {
            // The next test would ask it for its own.
            verifier.Dispose();
            throw;
        }
    }

    public static ServiceHandover Handover(KafkaClusterUnderTest cluster) => new()
    {
        // Ten probes a second have twenty samples in two seconds: the tests wait for faults, not for samples.
        // A busy machine has messages of two seconds; a lost broker costs more than four.
        Options = cluster.Options with { Verifier = new() { ProbeInterval = TimeSpan.FromMilliseconds(100), Interval = TimeSpan.FromSeconds(2), MaxLatency = TimeSpan.FromSeconds(4) } },
        Ports = cluster.Ports,
        Abilities = new("embedded", "MySQL 9.7.4", "Kafka 3.5.2", CapsEnforced: false, [new("memory.caps", "No cgroup can be made here.")]),
        Token = Token,
        DataDirectory = cluster.Folder,
        DebeziumPassword = "nobody's",
    };

    /// <summary>Waits until a verdict is as it should be.</summary>
    public async Task<Verdict> UntilAsync(string id, Outcome outcome, TimeSpan limit) => (await Deadline.WaitAsync(
        limit,
        async () => (await Client.ReportAsync(TestContext.Current.CancellationToken)).Checks.Single(c => c.Id == id),
        v => v.Outcome == outcome,
        $"{id} to be {outcome}")).Seen;

    /// <summary>Waits until the probe sends and there is enough to judge.</summary>
    public Task ProbesAsync() => Deadline.WaitAsync(
        TimeSpan.FromSeconds(45),
        async () => (await Client.ReportAsync(TestContext.Current.CancellationToken)).Checks.Single(c => c.Id == "kafka.latency.produce_to_ack"),
        v => v.Outcome != Outcome.Unknown,
        "the probe to send");

    /// <summary>Sends a signal to a process.</summary>
    public static void Signal(int pid, string signal)
    {
        using Process kill = Process.Start("kill", [$"-{signal}", $"{pid}"]);
        kill.WaitForExit();
    }

    public void Dispose()
    {
        if (!Process.HasExited)
        {
            Process.Kill(entireProcessTree: true);
            Process.WaitForExit();
        }

        Process.Dispose();
        Client.Dispose();
        Anonymous.Dispose();
    }

    private void Keep(string? line)
    {
        if (line is not null)
            _lines.Enqueue(line);
    }
}
