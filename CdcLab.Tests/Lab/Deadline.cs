namespace CdcLab.Tests.Lab;

/// <summary>Waits for a condition, and says on time-out what was last seen.</summary>
public static class Deadline
{
    /// <summary>How much longer than a machine of its own a busy one may take: a limit tells what never comes from what comes late, and measures nothing.</summary>
    private const int Patience = 3;

    /// <summary>A limit as a busy machine needs it.</summary>
    /// <param name="limit">How long it takes at most where nothing else runs.</param>
    /// <returns>A longer time.</returns>
    public static TimeSpan OnABusyMachine(TimeSpan limit) => Patience * limit;

    /// <summary>Looks again and again until it is as it should be.</summary>
    /// <typeparam name="T">What is looked at.</typeparam>
    /// <param name="limit">How long at most where nothing else runs; a busy machine gets longer.</param>
    /// <param name="look">Looks; an exception counts as not yet.</param>
    /// <param name="good">Whether it is as it should be.</param>
    /// <param name="what">What is waited for, for the message.</param>
    /// <param name="more">What else the message says on time-out.</param>
    /// <returns>What was seen at last, and how long it took.</returns>
    public static async Task<(T Seen, TimeSpan Took)> WaitAsync<T>(TimeSpan limit, Func<Task<T>> look, Func<T, bool> good, string what, Func<string>? more = null)
    {
        limit = OnABusyMachine(limit);
        long start = Stopwatch.GetTimestamp();
        string last = "nothing";
        while (Stopwatch.GetElapsedTime(start) < limit)
        {
            try
            {
                T seen = await look();
                if (good(seen))
                    return (seen, Stopwatch.GetElapsedTime(start));
                last = seen?.ToString() ?? "null";
            }
            catch (Exception notYet) when (notYet is not Xunit.Sdk.IAssertionException)
            {
                last = notYet.Message;
            }

            await Task.Delay(100, TestContext.Current.CancellationToken);
        }

        Assert.Fail($"Waited {limit.TotalSeconds:0} s for {what}{(more is null ? "" : $"; {more()}")}; last seen: {last}");
        throw new UnreachableException();
    }
}
