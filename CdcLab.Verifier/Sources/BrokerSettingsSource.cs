namespace CdcLab.Verifier.Sources;

/// <summary>The settings with which each broker runs, asked once for all checks of a round.</summary>
internal sealed class BrokerSettingsSource
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(2);

    private readonly KafkaAccess _kafka;
    private readonly SharedLook<IReadOnlyList<BrokerSettings>> _look;

    public BrokerSettingsSource(VerifiedLab lab, KafkaAccess kafka, TimeProvider time)
    {
        _kafka = kafka;

        // Each broker is asked by itself: one that is gone must not hide the others.
        _look = new(async end => await Task.WhenAll(lab.Brokers.Select(b => AskAsync(b, end))), Limit + TimeSpan.FromMilliseconds(500), time);
    }

    public Task<IReadOnlyList<BrokerSettings>> SeeAsync(CancellationToken cancellationToken) => _look.SeeAsync(cancellationToken);

    private async Task<BrokerSettings> AskAsync(BrokerAddresses broker, CancellationToken cancellationToken)
    {
        try
        {
            // The admin client keeps its threads busy for as long as it waits for a broker that is not there.
            string[] address = broker.External.Split(':');
            await BrokerPing.AskAsync(address[0], int.Parse(address[1]), cancellationToken);
            return new(broker, await _kafka.Admin.BrokerSettingsAsync(broker.Id, Limit, cancellationToken), WhyNot: null);
        }
        catch (Exception e) when (Unreachable.Is(e))
        {
            return new(broker, Values: null, $"{broker.Name} {Unreachable.Words(e)}");
        }
    }
}
