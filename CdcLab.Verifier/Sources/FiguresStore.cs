namespace CdcLab.Verifier.Sources;

/// <summary>What the AppHost sent last. Figures that are older than a few of its rounds say nothing any more.</summary>
internal sealed class FiguresStore(TimeProvider time)
{
    private static readonly TimeSpan MaxAge = TimeSpan.FromSeconds(15);
    private volatile Sent? _sent;

    /// <summary>The last figures; null where none came, or none for some time.</summary>
    public LabFigures? Fresh => _sent is { } sent && time.GetElapsedTime(sent.At) <= MaxAge ? sent.Figures : null;

    /// <summary>The last figures, however old they are; null where none came.</summary>
    public LabFigures? Last => _sent?.Figures;

    public void Take(LabFigures figures) => _sent = new(figures, time.GetTimestamp());

    public LabFigures Require() => Fresh ?? throw new CannotLookException("The AppHost has not sent its figures for some time.", "See whether the AppHost runs.");

    private sealed record Sent(LabFigures Figures, long At);
}
