using System.Diagnostics;
using CdcLab.Clients.Kafka;
using CdcLab.Clients.Verdicts;
using CdcLab.Model.Live;
using Xunit;

namespace CdcLab.Tests.Lab.Verifier;

/// <summary>The verifier as it runs: its probe under faults, its API, its end.</summary>
[Trait("tier", "lab")]
[Collection(ServersCollection.Name)]
public sealed class VerifierProcessTests(KafkaClusterUnderTest cluster) : IClassFixture<KafkaClusterUnderTest>
{
    private const string ToAck = "kafka.latency.produce_to_ack";
    private const string ToConsume = "kafka.latency.produce_to_consume";

    private static readonly TimeSpan TurnLimit = TimeSpan.FromSeconds(15);

    // A window of 30 s must have passed the last slow message.
    private static readonly TimeSpan SettleLimit = TimeSpan.FromSeconds(60);

    [Kafka35Fact]
    public async Task Probe_turns_when_a_broker_is_killed_returns_after_its_start_and_loses_nothing()
    {
        using VerifierUnderTest verifier = await VerifierUnderTest.StartAsync(cluster);
        await verifier.UntilAsync(ToAck, Outcome.Ok, SettleLimit);
        await verifier.UntilAsync(ToConsume, Outcome.Ok, SettleLimit);

        await cluster.KillAsync("kafka-1");
        await verifier.UntilAsync(ToAck, Outcome.Failed, TurnLimit);
        await verifier.UntilAsync("kafka-1.answers", Outcome.Failed, TurnLimit);
        await verifier.UntilAsync("kafka.isr", Outcome.Failed, TurnLimit);

        await cluster.StartAsync("kafka-1");
        await verifier.UntilAsync("kafka.isr", Outcome.Ok, SettleLimit);
        await verifier.UntilAsync(ToAck, Outcome.Ok, SettleLimit);
        await verifier.UntilAsync(ToConsume, Outcome.Ok, SettleLimit);
        Verdict lost = await verifier.UntilAsync("kafka.probe.lost", Outcome.Ok, TurnLimit);
        Assert.StartsWith("0 lost", lost.Actual, StringComparison.Ordinal);
        Assert.InRange(verifier.Output.Split('\n').Length, 1, 20);
    }

    [Kafka35Fact]
    public async Task Probe_goes_on_when_its_topic_was_deleted()
    {
        using VerifierUnderTest verifier = await VerifierUnderTest.StartAsync(cluster);
        await verifier.UntilAsync(ToConsume, Outcome.Ok, SettleLimit);

        using (KafkaAdmin admin = new(cluster.Model.Kafka.ExternalBootstrap))
            Assert.True(await admin.DeleteTopicAsync("cdclab.probe", TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken));

        // Whoever makes it again: the probe, or a broker that was asked for it in the moment of its deletion (auto.create.topics.enable is Kafka's default).
        await Deadline.WaitAsync(TimeSpan.FromSeconds(45), () => Task.FromResult(verifier.Output), o => o.Split("The latency probe begins").Length >= 3, "the probe to begin again");

        await verifier.UntilAsync(ToConsume, Outcome.Ok, SettleLimit);
    }

    [Kafka35Fact]
    public async Task Api_tells_the_same_in_json_and_markdown_and_looks_now_for_the_token_only()
    {
        using VerifierUnderTest verifier = await VerifierUnderTest.StartAsync(cluster);
        CancellationToken stop = TestContext.Current.CancellationToken;

        LabReport looked = await verifier.Client.VerifyAsync(stop);
        await Assert.ThrowsAsync<VerdictsException>(() => verifier.Anonymous.VerifyAsync(stop));
        LabReport read = await verifier.Anonymous.ReportAsync(stop);
        string markdown = await verifier.Anonymous.MarkdownAsync(stop);

        Assert.Equal(Outcome.Ok, looked.Checks.Single(c => c.Id == "zookeeper.answers").Outcome);
        Assert.Equal(looked.Checks.Select(c => c.Id), read.Checks.Select(c => c.Id));
        Assert.Equal("memory.caps", Assert.Single(read.NotPossibleHere).Id);
        Assert.All(read.Checks, c => Assert.Contains($"| {c.Id} |", markdown, StringComparison.Ordinal));
        Assert.Equal(verifier.Process.Id, (await verifier.Anonymous.HealthAsync(stop)).Pid);
        Assert.All(read.Checks.Where(c => c.Outcome == Outcome.Unknown), c => Assert.DoesNotContain("   at ", c.Because, StringComparison.Ordinal));

        using HttpClient http = new();
        using HttpRequestMessage rebound = new(HttpMethod.Get, $"http://127.0.0.1:{cluster.Ports.Verifier}/v1/report");
        rebound.Headers.Host = "evil.example";
        Assert.Equal(System.Net.HttpStatusCode.BadRequest, (await http.SendAsync(rebound, stop)).StatusCode);
    }

    [Kafka35Fact]
    public async Task Sigterm_ends_it_with_0_within_five_seconds_also_when_the_brokers_are_gone()
    {
        using VerifierUnderTest verifier = await VerifierUnderTest.StartAsync(cluster);
        await verifier.ProbesAsync();
        string[] brokers = [.. cluster.Model.Kafka.Brokers.Select(b => b.Name)];
        await cluster.KillAsync(brokers);
        try
        {
            await verifier.UntilAsync(ToAck, Outcome.Failed, TurnLimit);
            long asked = Stopwatch.GetTimestamp();
            VerifierUnderTest.Signal(verifier.Process.Id, "TERM");
            await verifier.Process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(Deadline.OnABusyMachine(TimeSpan.FromSeconds(20)), TestContext.Current.CancellationToken);

            Assert.Equal(0, verifier.Process.ExitCode);
            Assert.True(Stopwatch.GetElapsedTime(asked) < Deadline.OnABusyMachine(TimeSpan.FromSeconds(5)), $"{Stopwatch.GetElapsedTime(asked)}");
        }
        finally
        {
            await Task.WhenAll(brokers.Select(b => cluster.StartAsync(b)));
        }
    }

    [Kafka35Fact]
    public async Task It_ends_when_the_process_that_started_it_is_gone()
    {
        using VerifierUnderTest verifier = await VerifierUnderTest.StartAsync(cluster, throughAShell: true);
        int pid = (await verifier.Client.HealthAsync(TestContext.Current.CancellationToken)).Pid;
        Assert.NotEqual(verifier.Process.Id, pid);

        verifier.Process.Kill();
        await Deadline.WaitAsync(TimeSpan.FromSeconds(10), () => Task.FromResult(Directory.Exists($"/proc/{pid}")), alive => !alive, "the verifier to end");
    }

    [Fact]
    public async Task Without_a_handover_it_says_one_line_and_exits_with_2()
    {
        ProcessStartInfo start = new("dotnet", [Path.Combine(AppContext.BaseDirectory, "CdcLab.Verifier.dll")]) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (string name in start.Environment.Keys.Where(k => k.StartsWith("Lab__", StringComparison.OrdinalIgnoreCase)).ToList())
            start.Environment.Remove(name);
        using Process process = Process.Start(start)!;
        string output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        string error = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.Equal(2, process.ExitCode);
        Assert.Empty(output);
        Assert.Single(error.TrimEnd().Split('\n'));
    }
}
