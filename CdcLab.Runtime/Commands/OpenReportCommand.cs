using CdcLab.Clients.Verdicts;
using CdcLab.Runtime.View;

namespace CdcLab.Runtime.Commands;

/// <summary>Shows the verifier's report.</summary>
public sealed class OpenReportCommand : VerifierCommand
{
    /// <inheritdoc/>
    public override string Name => "open-report";

    /// <inheritdoc/>
    public override string DisplayName => "Open the report";

    /// <inheritdoc/>
    public override string Icon => "DocumentText";

    /// <inheritdoc/>
    public override string Describe(LabSnapshot lab, string resource) => "Shows the latest report: verdicts, settings, memory, latencies.";

    /// <inheritdoc/>
    public override async Task<CommandOutcome> ExecuteAsync(CommandCall call, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(call);
        using VerdictsClient verifier = Client(call);
        return CommandOutcome.Shown("The latest report.", await verifier.MarkdownAsync(cancellationToken));
    }
}
