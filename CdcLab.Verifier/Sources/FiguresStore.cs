namespace CdcLab.Verifier.Sources;

/// <summary>What the AppHost sent last. Figures that are older than a few of its rounds say nothing any more.</summary>
/// <param name="time">The clock.</param>
public sealed class FiguresStore(TimeProvider time)
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

    /// <summary>Takes new figures.</summary>
    /// <param name="figures">The figures.</param>
    public void Take(LabFigures figures)
    {
        lock (_gate)
            (_last, _at) = (figures, time.GetTimestamp());
    }

    /// <summary>The fresh figures.</summary>
    /// <exception cref="Checks.CannotLookException">There are none.</exception>
    public LabFigures Require() => Fresh ?? throw new Checks.CannotLookException("The AppHost has not sent its figures for some time.", "See whether the AppHost runs.");

    /// <summary>The state of one resource; null where it is not known.</summary>
    /// <param name="name">The resource's name.</param>
    public ResourceFigures? Resource(string name) => Fresh?.Resources.FirstOrDefault(r => r.Name == name);
}
