using Confluent.Kafka.Admin;
using Settings = System.Collections.Generic.IReadOnlyDictionary<string, Confluent.Kafka.Admin.ConfigEntryResult>;

namespace CdcLab.Verifier.Checks;

/// <summary>What one broker said of the settings with which it runs; null where it did not answer.</summary>
internal sealed record BrokerAnswer(BrokerAddresses Broker, Settings? Settings, string? WhyNot = null)
{
    /// <summary>Why it does not answer, by ZooKeeper's nodes: what was set dynamically and keeps clients out.</summary>
    public IReadOnlyList<DynamicSetting> KeepingOut { get; init; } = [];
}

/// <summary>Every setting that the lab gives to all brokers is what each broker tells, and no broker runs with one that was set while it ran.</summary>
internal sealed class KafkaSettingsCheck(VerifiedLab lab, ClusterSource cluster, KafkaAccess kafka, KafkaFix fix) : ICheck
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(2), PingLimit = TimeSpan.FromSeconds(1.5);

    private static readonly Promise Dynamic = new(
        "kafka.dynamic_settings",
        ResourceNames.Kafka,
        "no broker runs with a setting that was set dynamically",
        "It outlasts restarts and overrules what the lab starts a broker with: log.retention.ms goes before log.retention.hours.")
    {
        How = "the settings of every broker with their sources (DescribeConfigs); one that is checked by itself fails there; of a broker that lets nobody in, ZooKeeper's nodes below /config/brokers",
        Remedy = "the setting is deleted where it was set: of one broker, or the default of all; in ZooKeeper where the broker lets nobody in",
        Source = "Apache Kafka, Configuration, Updating Broker Configs",
    };

    private readonly (ServerSetting Setting, Promise Promise)[] _settings =
    [
        .. lab.BrokerSettings.Select(s => (s, new Promise($"kafka.setting.{s.Name}", ResourceNames.Kafka, $"{s.Expected} on every broker", s.Because)
        {
            How = "the setting of every broker with its source (DescribeConfigs)",
            Remedy = "a dynamic one is deleted where it was set, a static one healed by a restart of the broker",
            Source = $"Apache Kafka, Broker Configs, {s.Name}",
        })),
    ];

    public IReadOnlyList<Promise> Promises => [.. _settings.Select(s => s.Promise), Dynamic];

    public async Task<IReadOnlyList<Verdict>> LookAsync(CancellationToken cancellationToken)
    {
        using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        end.CancelAfter(Limit + TimeSpan.FromMilliseconds(500));
        // Each broker is asked by itself: one that is gone must not hide the others.
        return Judge(await Task.WhenAll(lab.Brokers.Select(b => AskAsync(b, end.Token))));
    }

    internal IReadOnlyList<Verdict> Judge(IReadOnlyList<BrokerAnswer> brokers) =>
        [.. _settings.Select(s => Judge(s.Setting, s.Promise, brokers)), JudgeDynamic(brokers)];

    private static bool IsDynamic(ConfigSource? source) => source is ConfigSource.DynamicBrokerConfig or ConfigSource.DynamicDefaultBrokerConfig;

    // The admin client goes to the addresses that it is told.
    private static Verdict OkOrSilent(Promise promise, IReadOnlyList<BrokerAnswer> brokers, string ok) =>
        Unreachable.Silent(promise, [.. brokers.Where(b => b.Settings is null).Select(b => (b.Broker.Name, b.WhyNot))]) is { } silent
            ? silent with { Follows = ["kafka.listeners.external", "kafka.brokers", .. promise == Dynamic ? Array.Empty<string>() : [Dynamic.Id]] }
            : promise.Ok(ok);

    private Verdict Judge(ServerSetting setting, Promise promise, IReadOnlyList<BrokerAnswer> brokers)
    {
        (BrokerAddresses Broker, ConfigEntryResult? Found)[] wrong =
        [
            .. brokers.Where(b => b.Settings is not null)
                .Select(b => (b.Broker, Found: b.Settings!.GetValueOrDefault(setting.Variable)))
                .Where(b => b.Found?.Value != setting.Expected),
        ];
        if (wrong.Length == 0)
            return OkOrSilent(promise, brokers, setting.Expected);

        string found = string.Join("; ", wrong.Select(w => $"{w.Broker.Name} has {w.Found?.Value ?? "not set"}{(IsDynamic(w.Found?.Source) ? ", set dynamically" : "")}"));
        string heal = $"{KafkaFix.Type(wrong.SelectMany(w => Heal(w.Broker, w.Found)))} The lab starts every broker with {setting.Name}={setting.Value}.";
        // Another setting goes before this one: log.retention.ms before log.retention.hours.
        bool isOverruled = brokers.SelectMany(b => b.Settings?.Values ?? [])
            .Any(s => s.Name != setting.Variable && IsDynamic(s.Source) && s.Synonyms.Exists(o => o.Name == setting.Variable));
        return promise.Failed(found, heal, needs: []) with { Follows = isOverruled ? [Dynamic.Id] : [] };
    }

    private Verdict JudgeDynamic(IReadOnlyList<BrokerAnswer> brokers)
    {
        HashSet<string> judged = [.. _settings.Select(s => s.Setting.Variable), "advertised.listeners"];
        (BrokerAddresses Broker, ConfigEntryResult Found)[] set =
            [.. from broker in brokers from setting in broker.Settings?.Values ?? [] where IsDynamic(setting.Source) select (broker.Broker, setting)];
        (BrokerAddresses Broker, ConfigEntryResult Found)[] wrong = [.. set.Where(s => !judged.Contains(s.Found.Name))];
        (BrokerAddresses Broker, DynamicSetting Found)[] keepingOut = [.. from broker in brokers from setting in broker.KeepingOut select (broker.Broker, setting)];
        if (wrong.Length == 0 && keepingOut.Length == 0)
            return OkOrSilent(Dynamic, brokers, set.Length == 0 ? "none" : $"none but {KafkaFix.Named(set.Select(s => s.Found.Name))}, judged by itself");
        IEnumerable<string> found =
            from one in wrong.Select(w => (w.Broker, w.Found.Name, w.Found.Value)).Concat(keepingOut.Select(k => (k.Broker, k.Found.Name, k.Found.Value)))
            group one.Broker.Name by $"{one.Name}={one.Value ?? "(not shown)"}" into setting
            select $"{string.Join(", ", setting)} with {setting.Key}";
        // Deleted where it was set, which may be both of the broker and as the default.
        ILookup<int?, string> places = (
            from one in wrong
            from source in one.Found.Synonyms
            where source.Name == one.Found.Name && IsDynamic(source.Source)
            select (Id: source.Source == ConfigSource.DynamicBrokerConfig ? one.Broker.Id : default(int?), source.Name)).ToLookup(p => p.Id, p => p.Name);
        // A broker that lets nobody in is reached through ZooKeeper alone, and so is one that answered just before such a setting took hold.
        int?[] shut = [.. keepingOut.Select(k => k.Found.Broker).Concat(places.Where(p => p.Any(DynamicSetting.MayKeepOut)).Select(p => p.Key)).Distinct()];
        IEnumerable<string> commands = [.. places.Where(p => !shut.Contains(p.Key)).Select(p => fix.Broker(p.Key, p.Distinct())), .. shut.SelectMany(fix.ForgetSettings)];
        return Dynamic.Failed(KafkaFix.Named(found), KafkaFix.Type(commands), needs: []);
    }

    // Deleted where it was set, which may be both of the broker and as the default; only what the broker was started with needs a restart.
    private IEnumerable<string> Heal(BrokerAddresses broker, ConfigEntryResult? found) => found is null || !IsDynamic(found.Source)
        ? [KafkaFix.Restart(broker.Name)]
        : found.Synonyms
            .Where(s => s.Name == found.Name && IsDynamic(s.Source))
            .Select(s => fix.Broker(s.Source == ConfigSource.DynamicBrokerConfig ? broker.Id : null, [s.Name]));

    private async Task<BrokerAnswer> AskAsync(BrokerAddresses broker, CancellationToken cancellationToken)
    {
        try
        {
            // The admin client keeps its threads busy for as long as it waits for a broker that is not there. It is given up before the broker's own check gives it up.
            using CancellationTokenSource ping = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            ping.CancelAfter(PingLimit);
            await BrokerPing.AskAsync(lab.ReachAddress, lab.Ports.External(broker.Id), ping.Token);
            return new(broker, await kafka.Admin.BrokerSettingsAsync(broker.Id, Limit, cancellationToken));
        }
        catch (Exception e) when (Unreachable.Is(e))
        {
            return new(broker, Settings: null, $"{broker.Name} {Unreachable.Words(e)}") { KeepingOut = [.. (cluster.Last?.KeepingOut ?? []).Where(s => s.Broker is null || s.Broker == broker.Id)] };
        }
    }
}
