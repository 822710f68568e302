namespace CdcLab.Verifier.Sources;

/// <summary>What the AppHost sent last. Figures that are older than a few of its rounds say nothing any more.</summary>
internal sealed class FiguresStore(TimeProvider time)
{
    private static readonly TimeSpan MaxAge = TimeSpan.FromSeconds(15);
    private readonly Lock _gate = new();
    private LabFigures? _last;
    private long _at;

    /// <summary>The last figures; null where none came, or none for some time.</summary>
    public LabFigures? Fresh
    {
        get
        {
            lock (_gate)
                return _last is not null && time.GetElapsedTime(_at) <= MaxAge ? _last : null;
        }
    }

    /// <summary>The last figures, however old they are; null where none came.</summary>
    public LabFigures? Last
    {
        get
        {
            lock (_gate)
                return _last;
        }
    }

    public void Take(LabFigures figures)
    {
        lock (_gate)
            (_last, _at) = (figures, time.GetTimestamp());
    }

    public LabFigures Require() => Fresh ?? throw new Checks.CannotLookException("The AppHost has not sent its figures for some time.", "See whether the AppHost runs.");

    public ResourceFigures? Resource(string name) => Fresh?.Resources.FirstOrDefault(r => r.Name == name);
}
