using CdcLab.Clients.Verdicts;
using CdcLab.Model;
using CdcLab.Model.Live;
using CdcLab.Runtime.View;

namespace CdcLab.Runtime.Commands;

/// <summary>Something that the verifier is asked for.</summary>
public abstract class VerifierCommand : LabCommand
{
    /// <inheritdoc/>
    public override bool AppliesTo(LabModel model, string resource) => resource == ResourceNames.Verifier;

    /// <inheritdoc/>
    public override CommandAvailability Availability(LabSnapshot lab, string resource)
    {
        ArgumentNullException.ThrowIfNull(lab);
        return lab.StateOf(lab.Model.Verifier).State == RunState.Running ? CommandAvailability.Enabled : CommandAvailability.Disabled;
    }

    /// <summary>The verifier's client.</summary>
    private protected static VerdictsClient Client(CommandCall call) => new(call.Lab.Model.Verifier.Port, call.Token, call.Lab.Model.Verifier.Ports[0].BindAddress);
}
