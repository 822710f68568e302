namespace CdcLab.Runtime.Standalone.Dashboard;

/// <summary>How long to wait before the dashboard is started again, and whether people are told: a crash now and then is told each time, a crash that repeats itself is not.</summary>
internal sealed class RestartPauses
{
    // The first pause is short, because somebody may be looking at the page.
    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(60);

    private TimeSpan _next = Shortest;
    private string? _told;

    /// <summary>Takes note of an end.</summary>
    /// <param name="lived">How long it was there.</param>
    /// <param name="why">Why it is not any more.</param>
    /// <returns>How long to wait, and whether it is news.</returns>
    public (TimeSpan Pause, bool IsNews) After(TimeSpan lived, string why)
    {
        if (lived > Longest)
            (_next, _told) = (Shortest, null);
        TimeSpan pause = _next;
        _next = pause * 2 < Longest ? pause * 2 : Longest;
        bool isNews = why != _told;
        _told = why;
        return (pause, isNews);
    }
}
