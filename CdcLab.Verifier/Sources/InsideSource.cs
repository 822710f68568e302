using CdcLab.Clients.Kafka;
using CdcLab.Verifier.Checks;

namespace CdcLab.Verifier.Sources;

/// <summary>What the brokers answer inside the lab's own network, as the host sees it by a short-lived client there: seldom, since each look starts one.</summary>
/// <param name="look">Looks.</param>
/// <param name="time">The clock.</param>
public sealed class InsideSource(Func<CancellationToken, Task<IReadOnlyList<ListenerAnswer>>> look, TimeProvider time)
{
    // Addresses change with a broker's start only. What is not well is looked at again soon.
    private static readonly TimeSpan GoodAge = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan BadAge = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private Task<IReadOnlyList<ListenerAnswer>>? _running;
    private Task<IReadOnlyList<ListenerAnswer>>? _latest;
    private long _latestAt;
    private long _runningAt;

    /// <summary>What every broker answered, at most a minute ago.</summary>
    /// <param name="cancellationToken">Ends the wait of this one asker, not the look.</param>
    /// <returns>One answer for each broker.</returns>
    /// <exception cref="CannotLookException">The host cannot look, or its first look is not over.</exception>
    public async Task<IReadOnlyList<ListenerAnswer>> SeeAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await Current().WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException e) when (cancellationToken.IsCancellationRequested)
        {
            throw new CannotLookException("The client in the lab's network has not answered yet.", "Wait for the next look.", e);
        }
        catch (Exception e) when (Unreachable.Is(e))
        {
            throw new CannotLookException(e.Message, "See the host's output and the container engine.", e);
        }
    }

    private Task<IReadOnlyList<ListenerAnswer>> Current()
    {
        lock (_gate)
        {
            if (_running is { IsCompleted: true })
                (_latest, _latestAt, _running) = (_running, _runningAt, null);
            if (_running is null && (_latest is null || time.GetElapsedTime(_latestAt) > (IsGood(_latest) ? GoodAge : BadAge)))
                (_running, _runningAt) = (Task.Run(() => look(CancellationToken.None), CancellationToken.None), time.GetTimestamp());

            // While somebody looks anew, the last answer serves.
            return _latest ?? _running!;
        }
    }

    private static bool IsGood(Task<IReadOnlyList<ListenerAnswer>> answers) => answers.IsCompletedSuccessfully && answers.Result.All(a => a.Told is { Count: > 0 });
}
