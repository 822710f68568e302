using Settings = System.Collections.Generic.IReadOnlyDictionary<string, string>;

namespace CdcLab.Verifier.Checks;

/// <summary>What one broker said of the settings with which it runs; null where it did not answer.</summary>
internal sealed record BrokerAnswer(string Name, Settings? Settings, string? WhyNot = null);

/// <summary>Every setting that the lab gives to all brokers is what each running broker tells, and <c>min.insync.replicas</c> that of every topic too.</summary>
internal sealed class KafkaSettingsCheck(VerifiedLab lab, ClusterSource cluster, KafkaAccess kafka) : ICheck
{
    private const string Minimum = "min.insync.replicas";
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(2);

    private readonly (ServerSetting Setting, Promise Promise)[] _settings =
        [.. lab.BrokerSettings.Select(s => (s, new Promise($"kafka.setting.{s.Name}", ResourceNames.Kafka, $"{s.Expected} on every broker", s.Because)))];

    private readonly Promise _minimum = new(
        "kafka.min_insync_replicas",
        ResourceNames.Kafka,
        $"{Minimum} is {lab.Options.Kafka.MinInSyncReplicas} on every broker and for every topic",
        "Below it acks=all is acknowledged by too few brokers, and one lost broker can lose the record; Kafka's own default is 1.");

    public IReadOnlyList<Promise> Promises => [_minimum, .. _settings.Select(s => s.Promise)];

    public async Task<IReadOnlyList<Verdict>> LookAsync(CancellationToken cancellationToken)
    {
        using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        end.CancelAfter(Limit + TimeSpan.FromMilliseconds(500));
        // Each broker is asked by itself: one that is gone must not hide the others.
        Task<BrokerAnswer[]> brokers = Task.WhenAll(lab.Brokers.Select(b => AskAsync(b, end.Token)));
        Task<(IReadOnlyDictionary<string, Settings>?, Verdict?)> topics = TopicsAsync(end.Token);
        await Task.WhenAll(brokers, topics);
        (IReadOnlyDictionary<string, Settings>? settings, Verdict? unknown) = await topics;
        return [unknown ?? JudgeMinimum(await brokers, settings!), .. JudgeSettings(await brokers)];
    }

    internal IEnumerable<Verdict> JudgeSettings(IReadOnlyList<BrokerAnswer> brokers) => _settings.Select(s =>
    {
        string fix = $"Run `aspire resource NAME restart` for each of them: the lab starts it with {s.Setting.Name}={s.Setting.Value}.";
        return Judge(s.Promise, s.Setting.Variable, s.Setting.Expected, brokers, [], s.Setting.Expected, fix);
    });

    internal Verdict JudgeMinimum(IReadOnlyList<BrokerAnswer> brokers, IReadOnlyDictionary<string, Settings> topics)
    {
        string expected = lab.Options.Kafka.MinInSyncReplicas.ToString();
        string fix = $"Restart a broker that has another value; set a topic's with kafka-configs --add-config {Minimum}={expected}.";
        IEnumerable<BrokerAnswer> others = topics.Select(t => new BrokerAnswer($"topic {t.Key}", t.Value));
        return Judge(_minimum, Minimum, expected, brokers, others, $"{expected} on {brokers.Count} brokers and for {topics.Count} topics", fix);
    }

    private static Verdict Judge(
        Promise promise, string setting, string expected, IReadOnlyList<BrokerAnswer> brokers, IEnumerable<BrokerAnswer> others, string ok, string fix)
    {
        var found = brokers.Concat(others).Where(f => f.Settings is not null).Select(f => (f.Name, Value: f.Settings!.GetValueOrDefault(setting, "not set")));
        string[] wrong = [.. found.Where(f => f.Value != expected).Select(f => $"{f.Name} has {f.Value}")];
        if (wrong.Length > 0)
            return promise.Failed(string.Join("; ", wrong), fix, needs: []);
        return Unreachable.Silent(promise, [.. brokers.Where(b => b.Settings is null).Select(b => (b.Name, b.WhyNot))]) ?? promise.Ok(ok);
    }

    private async Task<BrokerAnswer> AskAsync(BrokerAddresses broker, CancellationToken cancellationToken)
    {
        try
        {
            // The admin client keeps its threads busy for as long as it waits for a broker that is not there.
            await BrokerPing.AskAsync(lab.ReachAddress, lab.Ports.External(broker.Id), cancellationToken);
            return new(broker.Name, await kafka.Admin.BrokerSettingsAsync(broker.Id, Limit, cancellationToken));
        }
        catch (Exception e) when (Unreachable.Is(e))
        {
            return new(broker.Name, Settings: null, $"{broker.Name} {Unreachable.Words(e)}");
        }
    }

    // What cannot be read here leaves one verdict unknown: the brokers' own settings do not depend on it.
    private async Task<(IReadOnlyDictionary<string, Settings>? Topics, Verdict? Unknown)> TopicsAsync(CancellationToken cancellationToken)
    {
        try
        {
            ClusterState state = await cluster.SeeAsync(cancellationToken);
            return (await kafka.Admin.TopicSettingsAsync([.. state.Topics.Select(t => t.Key)], Limit, cancellationToken), null);
        }
        catch (CannotLookException e)
        {
            return (null, _minimum.Unknown(e.Message, e.Fix, e.Needs));
        }
        catch (Exception e) when (Unreachable.Is(e))
        {
            return (null, _minimum.Unknown($"The topics' settings could not be read: the cluster {Unreachable.Words(e)}.", "See whether the brokers run."));
        }
    }
}
