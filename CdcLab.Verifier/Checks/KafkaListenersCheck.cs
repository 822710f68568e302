namespace CdcLab.Verifier.Checks;

/// <summary>A client can begin at any broker of one side and is told addresses of that side only: asked from inside the containers' network where there is one.</summary>
internal sealed class KafkaListenersCheck(VerifiedLab lab, string side, KafkaFix fix, FiguresStore? inside = null) : ICheck
{
    private const string Setting = "advertised.listeners";
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(2);

    // What may keep the look itself out.
    private static readonly string[] Limits = ["kafka.brokers", "kafka.dynamic_settings", "kafka.quotas"];

    private readonly Promise _told = new(
        $"kafka.listeners.{side.ToLowerInvariant()}",
        ResourceNames.Kafka,
        $"every broker tells {string.Join(", ", lab.Brokers.Select(b => Advertised(b, side)))} on {side}",
        "A client is sent to the addresses that it is told: they must work on its own side.")
    {
        How = $"every broker on its {side} listener, for metadata",
        Remedy = "a dynamic advertised.listeners is deleted, a static one healed by a restart of the broker",
        Source = "Apache Kafka, Broker Configs, advertised.listeners",
        Follows = ["kafka.brokers"],
    };

    public IReadOnlyList<Promise> Promises => [_told];

    public async Task<IReadOnlyList<Verdict>> LookAsync(CancellationToken cancellationToken)
    {
        using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        end.CancelAfter(Limit);
        IReadOnlyList<ListenerAnswer> answers = inside is null ? await Task.WhenAll(lab.Brokers.Select(b => AskAsync(b, end.Token))) : Inside(inside.Require());
        return [Judge(answers, Wrong(answers).Any() ? await DynamicAsync(cancellationToken) : [])];
    }

    internal Verdict Judge(IReadOnlyList<ListenerAnswer> answers, IReadOnlyList<BrokerAddresses> dynamic)
    {
        // Not every broker need be known to all of them at each moment: a broker that is down is missing, which is another check's matter.
        (string Teller, AdvertisedBroker Told)[] wrong = [.. Wrong(answers)];
        if (wrong.Length > 0)
        {
            IEnumerable<string> found =
                from one in wrong group one.Teller by one.Told into told select $"{string.Join(", ", told)} told {told.Key.Address} for broker {told.Key.Id}";
            string[] commands =
            [
                .. lab.Brokers.Where(b => wrong.Any(w => w.Told.Id == b.Id))
                    .Select(b => dynamic.Contains(b) ? fix.Broker(b.Id, [Setting], inside: side == KafkaSettings.ExternalListener) : KafkaFix.Restart(b.Name)),
            ];
            string heal = commands.Length > 0 ? KafkaFix.Type(commands) : "Find out who started a broker that is not of this lab; see kafka.brokers.";
            return _told.Failed(KafkaFix.Named(found), heal, needs: []) with { Follows = commands.Length > 0 ? [] : ["kafka.brokers"] };
        }

        if (Unreachable.Silent(_told, [.. answers.Where(a => a.Told is null).Select(a => (a.Broker, a.WhyNot))]) is { } unknown)
            return unknown with { Follows = Limits };
        // A broker that has just begun knows nobody for a moment, not even itself.
        if (answers.FirstOrDefault(a => a.Told is []) is { } young)
            return _told.Unknown($"{young.Broker} has just begun and knows no broker yet.", "Wait for the next look.");
        if (answers.FirstOrDefault(a => a.Told!.Count < lab.Brokers.Count) is { } few)
            return _told.Failed($"{few.Broker} tells only of broker {string.Join(", ", few.Told!.Select(t => t.Id))}", "Wait until every broker has joined; see kafka.brokers.");
        return _told.Ok($"{lab.Brokers.Count} brokers tell {string.Join(", ", answers[0].Told!.Select(t => t.Address))}");
    }

    private static string Advertised(BrokerAddresses broker, string side) => side == KafkaSettings.InternalListener ? broker.Internal : broker.External;

    private IEnumerable<(string Teller, AdvertisedBroker Told)> Wrong(IReadOnlyList<ListenerAnswer> answers) =>
        from answer in answers
        from told in answer.Told ?? []
        let expected = lab.Brokers.FirstOrDefault(b => b.Id == told.Id)
        where expected is null || Advertised(expected, side) != told.Address
        select (answer.Broker, told);

    /// <summary>The brokers whose addresses were set dynamically, from ZooKeeper's nodes: a client that is told a wrong address cannot ask the broker itself.</summary>
    private async Task<IReadOnlyList<BrokerAddresses>> DynamicAsync(CancellationToken cancellationToken)
    {
        try
        {
            await using ZooKeeperSession session = await ZooKeeperSession.OpenAsync(VerifiedLab.Loopback, lab.Ports.ZooKeeper, cancellationToken);
            IReadOnlyList<byte[]?> nodes = await session.ReadAsync([.. lab.Brokers.Select(b => $"/config/brokers/{b.Id}")], cancellationToken);
            return [.. from broker in lab.Brokers.Zip(nodes) where broker.Second.AsSpan().IndexOf("\"advertised.listeners\""u8) >= 0 select broker.First];
        }
        catch (Exception e) when (Unreachable.Is(e) || e is ZooKeeperException)
        {
            return [];
        }
    }

    private ListenerAnswer[] Inside(LabFigures figures)
    {
        if (figures.Inside is not { } seen)
            throw new CannotLookException("The client in the containers' network was not asked yet.", "Wait for the next look.");
        return [.. lab.Brokers.Select(b => seen.FirstOrDefault(a => a.Broker == b.Name) ?? new(b.Name, Told: null, $"{b.Name} was not asked"))];
    }

    private async Task<ListenerAnswer> AskAsync(BrokerAddresses broker, CancellationToken cancellationToken)
    {
        (string host, int port) = side == KafkaSettings.InternalListener
            ? (VerifiedLab.Loopback, lab.Ports.Internal(broker.Id))
            : (lab.ReachAddress, lab.Ports.External(broker.Id));
        try
        {
            return new(broker.Name, await BrokerMetadata.AskAsync(host, port, cancellationToken), WhyNot: null);
        }
        catch (Exception e) when (Unreachable.Is(e))
        {
            return new(broker.Name, Told: null, $"{broker.Name} {Unreachable.Words(e)}");
        }
    }
}
