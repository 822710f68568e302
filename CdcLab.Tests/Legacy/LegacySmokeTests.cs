using System.Diagnostics;
using CdcLab.Model.Live;
using CdcLab.Model.Options;
using CdcLab.Runtime.Standalone.Fetching;
using CdcLab.Tests.Lab;
using CdcLab.Tests.Lab.Host;
using Xunit;

namespace CdcLab.Tests.Legacy;

/// <summary>The whole lab where Apache's archive cannot be reached: it starts, its checks are ok, one broker is killed and comes back.</summary>
[Trait("tier", "legacy")]
[Collection(WholeLabsCollection.Name)]
public sealed class LegacySmokeTests
{
    private const string Version = "0.9.0.1";
    private const string Name = $"Kafka {Version} (legacy, not the specification's 3.5)";

    private static readonly TimeSpan TurnLimit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan SettleLimit = TimeSpan.FromSeconds(90);

    [Fact]
    public async Task Lab_starts_its_checks_are_ok_and_a_broker_is_killed_and_comes_back()
    {
        CancellationToken stop = TestContext.Current.CancellationToken;
        await SkipWithoutARegistryAsync(stop);
        await using LabFixture lab = new();
        lab.World.Variables["KAFKA_HOME"] = null;

        // Nothing listens there, and no cache holds this version: the archive is out of reach, as on a machine behind a firewall.
        lab.World.Variables["Lab__Kafka__ArchiveUrl"] = "http://127.0.0.1:1/kafka_2.13-3.5.99.tgz";
        await lab.InitializeAsync();
        LabReport report = (await lab.AllOkAsync(SettleLimit)).Seen;

        Assert.Contains(Name, report.Lab, StringComparison.Ordinal);
        Assert.Contains("kafka.isr", report.Checks.Select(c => c.Id));
        Assert.Contains("kafka.latency.produce_to_consume", report.Checks.Select(c => c.Id));
        string[] cannot = [.. report.NotPossibleHere.Select(n => n.Id)];
        Assert.Contains("kafka.min_insync_replicas", cannot);
        Assert.Empty(cannot.Intersect(report.Checks.Select(c => c.Id)));
        Assert.Contains($"{Name}. Leaders", await lab.Verdicts.MarkdownAsync(stop), StringComparison.Ordinal);

        ResourceState broker = (await lab.Control.ListAsync(stop)).Single(r => r.Name == "kafka-2");
        Assert.Equal(Name, $"Kafka {broker.Version}");
        using (Process kill = Process.Start("kill", ["-9", broker.Pid!.Value.ToString()]))
            await kill.WaitForExitAsync(stop);
        await Deadline.WaitAsync(TurnLimit, () => lab.VerdictAsync("kafka-2.answers"), v => v is { Outcome: Outcome.Failed }, "kafka-2.answers to fail");
        await Deadline.WaitAsync(TurnLimit, () => lab.VerdictAsync("kafka.isr"), v => v is { Outcome: Outcome.Failed }, "kafka.isr to fail");
        await lab.Control.CommandAsync("kafka-2", ServerCommand.Start, stop);
        await lab.AllOkAsync(SettleLimit);

        Assert.All(
            lab.Output.Split('\n').Where(line => line.Contains(Version, StringComparison.Ordinal)),
            line => Assert.Contains($"{Version} (legacy, not the specification's 3.5)", line, StringComparison.Ordinal));
    }

    private static async Task SkipWithoutARegistryAsync(CancellationToken cancellationToken)
    {
        LabOptions options = new();
        try
        {
            await new KafkaSource(new("npm", options.Kafka.ArchiveUrl), PartsCache.OfUser(Environment.GetEnvironmentVariable)).FindAsync(new Progress<FetchProgress>(), cancellationToken);
        }
        catch (UnavailableException e)
        {
            Assert.Skip($"{Name} cannot be had here: {e.Message}");
        }
    }
}
