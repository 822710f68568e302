namespace CdcLab.Tests.Lab;

/// <summary>A turn to start a cluster: two that start at once stand in each other's way on a small machine, so long that ZooKeeper's sessions expire; once they run, they do not.</summary>
public sealed class StartTurn : IDisposable
{
    // A test that starts a second lab beside one that never comes up must not wait for ever.
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    private static readonly SemaphoreSlim One = new(1);

    private int _held;

    private StartTurn(bool held) => _held = held ? 1 : 0;

    /// <summary>Waits for the turn, at most two minutes.</summary>
    public static StartTurn Take() => new(One.Wait(Limit));

    /// <summary>Waits for the turn, at most two minutes.</summary>
    public static async Task<StartTurn> TakeAsync() => new(await One.WaitAsync(Limit));

    /// <summary>Gives it to the next; once is enough.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _held, 0) == 1)
            One.Release();
    }
}
