using CdcLab.Clients.Kafka;
using CdcLab.Model.Live;
using CdcLab.Verifier.Checks;
using CdcLab.Verifier.Sources;
using Xunit;

namespace CdcLab.Tests.Lab.Verifier;

/// <summary>What the verifier's checks say of a cluster under test.</summary>
public sealed class KafkaVerdicts : IDisposable
{
    private readonly CheckRunner _runner;

    public KafkaVerdicts(KafkaClusterUnderTest cluster)
    {
        Admin = new(cluster.Model.Kafka.ExternalBootstrap);
        ClusterSource state = new(cluster.Model, TimeProvider.System);
        BrokerSettingsSource settings = new(cluster.Model, Admin, TimeProvider.System);
        _runner = new(
            [
                new ZooKeeperAnswersCheck(cluster.Model),
                .. cluster.Model.Kafka.Brokers.Select(b => new BrokerAnswersCheck(cluster.Model, b)),
                new KafkaBrokersCheck(cluster.Model, state),
                new KafkaControllerCheck(state),
                new KafkaIsrCheck(state),
                new KafkaReplicationFactorCheck(cluster.Model, state),
                new KafkaMinInSyncReplicasCheck(cluster.Model, settings, state, Admin),
                new KafkaSettingsCheck(cluster.Model, settings),
                KafkaListenersCheck.Internal(cluster.Model),
                KafkaListenersCheck.External(cluster.Model),
            ],
            new("embedded", "", "", CapsEnforced: false, []),
            TimeSpan.FromSeconds(5),
            TimeProvider.System);
    }

    public KafkaAdmin Admin { get; }

    public void Dispose() => Admin.Dispose();

    /// <summary>Looks until the verdicts are as expected, and names what was not.</summary>
    /// <param name="limit">How long it may take.</param>
    /// <param name="failed">Those that must have failed.</param>
    /// <param name="unknown">Those that could not look; all others must be ok.</param>
    public async Task<IReadOnlyDictionary<string, Verdict>> BecomeAsync(TimeSpan limit, IReadOnlyCollection<string> failed, IReadOnlyCollection<string> unknown)
    {
        (IReadOnlyList<Verdict> seen, _) = await Deadline.WaitAsync(
            limit,
            LookAsync,
            verdicts => verdicts.All(v => v.Outcome == (failed.Contains(v.Id) ? Outcome.Failed : unknown.Contains(v.Id) ? Outcome.Unknown : Outcome.Ok)),
            $"failed [{string.Join(' ', failed)}], unknown [{string.Join(' ', unknown)}]");
        foreach (Verdict verdict in seen.Where(v => v.Outcome != Outcome.Ok))
        {
            Assert.False(string.IsNullOrWhiteSpace(verdict.Fix), verdict.Id);
            Assert.DoesNotContain("\n", verdict.Actual + verdict.Because + verdict.Fix, StringComparison.Ordinal);
        }

        return seen.ToDictionary(v => v.Id, StringComparer.Ordinal);
    }

    public Task<IReadOnlyDictionary<string, Verdict>> AllOkAsync(TimeSpan limit) => BecomeAsync(limit, [], []);

    private async Task<IReadOnlyList<Verdict>> LookAsync()
    {
        await _runner.LookAsync(TestContext.Current.CancellationToken);
        return new Shown(_runner.Latest());
    }

    /// <summary>Verdicts that tell of themselves what is not ok.</summary>
    private sealed class Shown(IReadOnlyList<Verdict> verdicts) : List<Verdict>(verdicts)
    {
        public override string ToString() => string.Join("; ", this.Where(v => v.Outcome != Outcome.Ok).Select(v => $"{v.Outcome} {v.Id}: {v.Actual ?? v.Because}"));
    }
}
