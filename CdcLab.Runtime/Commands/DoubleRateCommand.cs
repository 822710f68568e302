using CdcLab.Runtime.View;

namespace CdcLab.Runtime.Commands;

/// <summary>Twice as many orders a second.</summary>
public sealed class DoubleRateCommand() : RateCommand(2)
{
    /// <inheritdoc/>
    public override string Name => "rate-double";

    /// <inheritdoc/>
    public override string DisplayName => "Rate x2";

    /// <inheritdoc/>
    public override string Icon => "TopSpeed";

    /// <inheritdoc/>
    public override string Describe(LabSnapshot lab, string resource) => "Twice as many orders a second.";
}
