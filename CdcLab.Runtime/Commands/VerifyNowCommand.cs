using CdcLab.Clients.Verdicts;
using CdcLab.Model.Live;
using CdcLab.Runtime.View;

namespace CdcLab.Runtime.Commands;

/// <summary>Looks with every check, now.</summary>
public sealed class VerifyNowCommand : VerifierCommand
{
    /// <inheritdoc/>
    public override string Name => "verify-now";

    /// <inheritdoc/>
    public override string DisplayName => "Verify now";

    /// <inheritdoc/>
    public override string Icon => "ShieldCheckmark";

    /// <inheritdoc/>
    public override bool IsHighlighted(string resource) => true;

    /// <inheritdoc/>
    public override string Describe(LabSnapshot lab, string resource) => "Looks with every check and shows the verdicts.";

    /// <inheritdoc/>
    public override async Task<CommandOutcome> ExecuteAsync(CommandCall call, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(call);
        using VerdictsClient verifier = Client(call);
        LabReport report = await verifier.VerifyAsync(cancellationToken);
        return CommandOutcome.Shown(VerdictsText.Summary(report), VerdictsText.Markdown(report));
    }
}
