using CdcLab.Model.Options;

namespace CdcLab.OrderSimulator.Trading;

/// <summary>What this market is.</summary>
/// <param name="Options">Its options.</param>
/// <param name="Seed">Its seed: the one that was set, or one by chance.</param>
/// <param name="StartedAt">When it was started.</param>
internal sealed record MarketSettings(SimulatorOptions Options, int Seed, DateTimeOffset StartedAt);
