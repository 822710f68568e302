namespace CdcLab.Runtime.Standalone.Fetching;

/// <summary>How patient a download is.</summary>
/// <param name="Connect">How long a connection may take to come about.</param>
/// <param name="Stall">How long no byte may arrive.</param>
/// <param name="Attempts">How often in a row the transfer may break without a new byte before it is given up.</param>
/// <param name="Backoff">Pause before the second attempt; it doubles with each further one.</param>
/// <param name="MaxBytes">What no archive of ours exceeds: beyond it, something else is being sent.</param>
internal sealed record DownloadLimits(TimeSpan Connect, TimeSpan Stall, int Attempts, TimeSpan Backoff, long MaxBytes)
{
    /// <summary>For a slow line far from the archive.</summary>
    public static DownloadLimits Default { get; } = new(TimeSpan.FromSeconds(15), TimeSpan.FromSeconds(30), 5, TimeSpan.FromMilliseconds(500), 1L << 30);
}
