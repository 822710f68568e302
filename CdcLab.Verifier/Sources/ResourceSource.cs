using CdcLab.Clients.Control;
using CdcLab.Model.Live;
using CdcLab.Verifier.Checks;

namespace CdcLab.Verifier.Sources;

/// <summary>The servers and services as the host's control endpoint lists them, asked once for all checks of a round.</summary>
public sealed class ResourceSource
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(2);

    private readonly SharedLook<IReadOnlyList<ResourceState>> _look;

    /// <summary>Makes the source.</summary>
    /// <param name="control">The client of the control endpoint.</param>
    /// <param name="time">The clock.</param>
    public ResourceSource(ControlClient control, TimeProvider time) => _look = new(control.ListAsync, Limit, time);

    /// <summary>The resources now.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Their states.</returns>
    /// <exception cref="CannotLookException">The host does not answer.</exception>
    public async Task<IReadOnlyList<ResourceState>> SeeAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await _look.SeeAsync(cancellationToken);
        }
        catch (Exception e) when (Unreachable.Is(e))
        {
            throw new CannotLookException(
                e is ControlException ? e.Message : $"The host's control endpoint {Unreachable.Words(e)}.",
                "See whether the host (CdcLab.AppHost) runs.",
                e);
        }
    }

    /// <summary>The resources as they were seen last, without asking.</summary>
    /// <param name="maxAge">How long ago that may be.</param>
    /// <returns>Their states; null where that is too long ago.</returns>
    public IReadOnlyList<ResourceState>? Last(TimeSpan maxAge) => _look.Last(maxAge);
}
