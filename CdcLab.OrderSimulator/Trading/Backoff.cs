namespace CdcLab.OrderSimulator.Trading;

/// <summary>How long to wait before the next try: 100 ms, doubled each time up to 2 s, less up to a half by chance so that workers do not come back in step.
/// The chance is not the market's: what orders come does not depend on how often MySQL failed.</summary>
internal struct Backoff
{
    private const int FirstMilliseconds = 100;
    private const int MostMilliseconds = 2000;
    private int _tries;

    /// <summary>The next wait.</summary>
    public TimeSpan Next()
    {
        int whole = Math.Min(FirstMilliseconds << Math.Min(_tries++, 5), MostMilliseconds);
        return TimeSpan.FromMilliseconds(whole * (1 - (Random.Shared.NextDouble() / 2)));
    }
}
