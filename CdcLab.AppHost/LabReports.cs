using CdcLab.Clients.Control;
using CdcLab.Clients.Verdicts;
using CdcLab.Model.Live;

namespace CdcLab.AppHost;

/// <summary>Puts the host's states and the verifier's verdicts into one report.</summary>
internal static class LabReports
{
    public static async Task<LabReport> OfAsync(RunningLab lab, CancellationToken cancellationToken)
    {
        using ControlClient control = lab.Control();
        IReadOnlyList<ResourceState> resources = await control.ListAsync(cancellationToken);
        using VerdictsClient verdicts = lab.Verdicts();
        try
        {
            return await verdicts.ReportAsync(cancellationToken) with { Resources = resources };
        }
        catch (VerdictsException)
        {
            // A verifier that is gone takes its verdicts with it; the states are told all the same.
            return new LabReport { At = DateTimeOffset.UtcNow, Resources = resources };
        }
    }
}
