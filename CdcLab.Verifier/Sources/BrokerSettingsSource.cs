namespace CdcLab.Verifier.Sources;

/// <summary>The settings with which each broker runs, asked once for all checks of a round.</summary>
public sealed class BrokerSettingsSource
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(2);

    private readonly KafkaAccess _kafka;
    private readonly SharedLook<IReadOnlyList<BrokerSettings>> _look;

    /// <summary>Makes the source.</summary>
    /// <param name="lab">The brokers.</param>
    /// <param name="kafka">The process's admin client.</param>
    /// <param name="time">The clock.</param>
    public BrokerSettingsSource(VerifiedLab lab, KafkaAccess kafka, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(lab);
        _kafka = kafka;

        // Each broker is asked by itself: one that is gone must not hide the others.
        _look = new(async end => await Task.WhenAll(lab.Brokers.Select(b => AskAsync(b, end))), Limit + TimeSpan.FromMilliseconds(500), time);
    }

    /// <summary>The settings now.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>One for each broker of the lab.</returns>
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
