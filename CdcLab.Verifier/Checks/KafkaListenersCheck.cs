namespace CdcLab.Verifier.Checks;

/// <summary>A client can begin at any broker of one side and is told addresses of that side only: asked from inside the containers' network where there is one.</summary>
internal sealed class KafkaListenersCheck(VerifiedLab lab, string side, FiguresStore? inside = null) : ICheck
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(2);

    private readonly Promise _told = new(
        $"kafka.listeners.{side.ToLowerInvariant()}",
        ResourceNames.Kafka,
        $"every broker tells {string.Join(", ", lab.Brokers.Select(b => Advertised(b, side)))} on {side}",
        "A client is sent to the addresses that it is told: they must work on its own side.");

    public IReadOnlyList<Promise> Promises => [_told];

    public async Task<IReadOnlyList<Verdict>> LookAsync(CancellationToken cancellationToken)
    {
        using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        end.CancelAfter(Limit);
        return [Judge(inside is null ? await Task.WhenAll(lab.Brokers.Select(b => AskAsync(b, end.Token))) : Inside(inside.Require()))];
    }

    internal Verdict Judge(IReadOnlyList<ListenerAnswer> answers)
    {
        // Not every broker need be known to all of them at each moment: a broker that is down is missing, which is another check's matter.
        List<string> wrong =
        [
            .. from answer in answers
               from told in answer.Told ?? []
               let expected = lab.Brokers.FirstOrDefault(b => b.Id == told.Id)
               where expected is null || Advertised(expected, side) != told.Address
               select $"{answer.Broker} tells {told.Address} for broker {told.Id}",
        ];
        string addresses = string.Join(", ", lab.Brokers.Select(b => $"{Advertised(b, side)} for {b.Name}"));
        if (wrong.Count > 0)
            return _told.Failed(string.Join("; ", wrong), $"Set advertised.listeners so that {side} is {addresses}.", needs: []);
        if (Unreachable.Silent(_told, [.. answers.Where(a => a.Told is null).Select(a => (a.Broker, a.WhyNot))]) is { } unknown)
            return unknown;
        // A broker that has just begun knows nobody for a moment, not even itself.
        if (answers.FirstOrDefault(a => a.Told is []) is { } young)
            return _told.Unknown($"{young.Broker} has just begun and knows no broker yet.", "Wait for the next look.");
        if (answers.FirstOrDefault(a => a.Told!.Count < lab.Brokers.Count) is { } few)
            return _told.Failed($"{few.Broker} tells only of broker {string.Join(", ", few.Told!.Select(t => t.Id))}", "Wait until every broker has joined; see kafka.brokers.");
        return _told.Ok($"{lab.Brokers.Count} brokers tell {string.Join(", ", answers[0].Told!.Select(t => t.Address))}");
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

    private static string Advertised(BrokerAddresses broker, string side) => side == KafkaSettings.InternalListener ? broker.Internal : broker.External;
}
