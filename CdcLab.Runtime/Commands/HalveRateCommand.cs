using CdcLab.Runtime.View;

namespace CdcLab.Runtime.Commands;

/// <summary>Half as many orders a second.</summary>
public sealed class HalveRateCommand() : RateCommand(0.5)
{
    /// <inheritdoc/>
    public override string Name => "rate-halve";

    /// <inheritdoc/>
    public override string DisplayName => "Rate /2";

    /// <inheritdoc/>
    public override string Icon => "ArrowTrendingDown";

    /// <inheritdoc/>
    public override string Describe(LabSnapshot lab, string resource) => "Half as many orders a second.";
}
