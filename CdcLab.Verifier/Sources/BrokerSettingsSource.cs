using CdcLab.Clients.Kafka;
using CdcLab.Model;
using CdcLab.Verifier.Checks;

namespace CdcLab.Verifier.Sources;

/// <summary>The settings with which each broker runs, asked once for all checks of a round.</summary>
public sealed class BrokerSettingsSource
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(2);

    private readonly KafkaAdmin _admin;
    private readonly SharedLook<IReadOnlyList<BrokerSettings>> _look;

    /// <summary>Makes the source.</summary>
    /// <param name="model">The brokers.</param>
    /// <param name="admin">The process's admin client.</param>
    /// <param name="time">The clock.</param>
    public BrokerSettingsSource(LabModel model, KafkaAdmin admin, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(model);
        _admin = admin;

        // Each broker is asked by itself: one that is gone must not hide the others.
        _look = new(async end => await Task.WhenAll(model.Kafka.Brokers.Select(b => AskAsync(b, end))), Limit + TimeSpan.FromMilliseconds(500), time);
    }

    /// <summary>The settings now.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>One for each broker of the model.</returns>
    public Task<IReadOnlyList<BrokerSettings>> SeeAsync(CancellationToken cancellationToken) => _look.SeeAsync(cancellationToken);

    private async Task<BrokerSettings> AskAsync(KafkaBroker broker, CancellationToken cancellationToken)
    {
        try
        {
            // The admin client keeps its threads busy for as long as it waits for a broker that is not there.
            string[] address = broker.ExternalAddress.Split(':');
            await BrokerPing.AskAsync(address[0], int.Parse(address[1]), cancellationToken);
            return new(broker, await _admin.BrokerSettingsAsync(broker.Id, Limit, cancellationToken), WhyNot: null);
        }
        catch (Exception e) when (Unreachable.Is(e))
        {
            return new(broker, Values: null, $"{broker.Name} {Unreachable.Words(e)}");
        }
    }
}
