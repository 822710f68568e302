namespace CdcLab.Model.Options;

/// <summary>The section <c>Lab:Simulator</c>.</summary>
public sealed record SimulatorOptions
{
    /// <summary>New orders per second.</summary>
    public OrderRate OrdersPerSecond { get; init; } = new(20);

    /// <summary>Connections that work on orders side by side.</summary>
    public int Workers { get; init; } = 4;

    /// <summary>Seed of the market's chance; the same seed with one worker gives the same orders. Null: another market each time.</summary>
    public int? Seed { get; init; }

    /// <summary>Finished orders that are kept; older ones are purged.</summary>
    public long KeepOrders { get; init; } = 1_000_000;
}
