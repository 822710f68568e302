namespace CdcLab.Verifier.Checks;

/// <summary>A client can begin at any broker of one side and is told addresses of that side only.</summary>
internal sealed class KafkaListenersCheck : ICheck
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(2);

    private readonly VerifiedLab _lab;
    private readonly string _side;
    private readonly FiguresStore? _inside;
    private readonly Promise _told;

    private KafkaListenersCheck(VerifiedLab lab, string side, FiguresStore? inside = null)
    {
        _inside = inside;
        _lab = lab;
        _side = side;
        _told = new(
            $"kafka.listeners.{side.ToLowerInvariant()}",
            ResourceNames.Kafka,
            $"every broker tells {string.Join(", ", lab.Brokers.Select(Advertised))} on {side}",
            "A client is sent to the addresses that it is told: they must work on its own side.");
    }

    public IReadOnlyList<Promise> Promises => [_told];

    public static KafkaListenersCheck Internal(VerifiedLab lab, FiguresStore? inside = null) => new(lab, KafkaSettings.InternalListener, inside);

    public static KafkaListenersCheck External(VerifiedLab lab) => new(lab, KafkaSettings.ExternalListener);

    public async Task<IReadOnlyList<Verdict>> LookAsync(CancellationToken cancellationToken)
    {
        using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        end.CancelAfter(Limit);
        (BrokerAddresses Broker, IReadOnlyList<AdvertisedBroker>? Told, string? WhyNot)[] answers = _inside is null
            ? await Task.WhenAll(_lab.Brokers.Select(b => AskAsync(b, end.Token)))
            : From(_inside.Require().Inside ?? throw new CannotLookException("The client in the containers' network was not asked yet.", "Wait for the next look."));

        // Not every broker need be known to all of them at each moment: a broker that is down is missing, which is another check's matter.
        List<string> wrong =
        [
            .. from answer in answers
               where answer.Told is not null
               from told in answer.Told
               let expected = _lab.Brokers.FirstOrDefault(b => b.Id == told.Id)
               where expected is null || Advertised(expected) != told.Address
               select $"{answer.Broker.Name} tells {told.Address} for broker {told.Id}",
        ];
        if (wrong.Count > 0)
            return [_told.Failed(string.Join("; ", wrong), $"Set advertised.listeners so that {_side} is {string.Join(", ", _lab.Brokers.Select(b => $"{Advertised(b)} for {b.Name}"))}.", needs: [])];
        if (answers.FirstOrDefault(a => a.Told is null) is { WhyNot: { } why } silent)
            return [_told.Unknown($"Not every broker could be asked on {_side}: {why}.", Unreachable.Start(silent.Broker.Name), [silent.Broker.Name])];
        if (answers.FirstOrDefault(a => a.Told!.Count < _lab.Brokers.Count) is { Told: { } few } forgetful)
        {
            return
            [
                // A broker that has just begun knows nobody for a moment, not even itself.
                few.Count == 0
                    ? _told.Unknown($"{forgetful.Broker.Name} has just begun and knows no broker yet.", "Wait for the next look.")
                    : _told.Failed($"{forgetful.Broker.Name} tells only of broker {string.Join(", ", few.Select(t => t.Id))}", "Wait until every broker has joined; see kafka.brokers."),
            ];
        }

        return [_told.Ok($"{_lab.Brokers.Count} brokers tell {string.Join(", ", answers[0].Told!.Select(t => t.Address))}")];
    }

    private (BrokerAddresses Broker, IReadOnlyList<AdvertisedBroker>? Told, string? WhyNot)[] From(IReadOnlyList<ListenerAnswer> seen) =>
        [.. _lab.Brokers.Select(b => seen.FirstOrDefault(a => a.Broker == b.Name) is { } answer ? (b, answer.Told, answer.WhyNot) : (b, null, $"{b.Name} was not asked"))];

    private async Task<(BrokerAddresses Broker, IReadOnlyList<AdvertisedBroker>? Told, string? WhyNot)> AskAsync(BrokerAddresses broker, CancellationToken cancellationToken)
    {
        (string host, int port) = _side == KafkaSettings.InternalListener
            ? (Loopback.Address, _lab.Ports.Internal(broker.Id))
            : (Loopback.Reach(_lab.Options.BindAddress), _lab.Ports.External(broker.Id));
        try
        {
            return (broker, await BrokerMetadata.AskAsync(host, port, cancellationToken), null);
        }
        catch (Exception e) when (Unreachable.Is(e))
        {
            return (broker, null, $"{broker.Name} {Unreachable.Words(e)}");
        }
    }

    private string Advertised(BrokerAddresses broker) => _side == KafkaSettings.InternalListener ? broker.Internal : broker.External;
}
