namespace CdcLab.OrderSimulator.Trading;

/// <summary>Whether MySQL answers, as all workers report. One log line when it is lost and one when it is back, however many workers report it.</summary>
internal sealed class Reachability(TimeProvider time, ILogger<Reachability> log)
{
    private readonly Lock _lock = new();
    private volatile MySqlState _state = new(null, null);
    private long _changed;
    private long _lastAnswer;

    public MySqlState State => _state;

    public TimeSpan TimeSinceAnswer => time.GetElapsedTime(Volatile.Read(ref _lastAnswer));

    /// <summary>A timestamp for the beginning of an attempt.</summary>
    public long Begin() => time.GetTimestamp();

    /// <summary>MySQL answered an attempt. One that began before MySQL was lost does not mean that it is back.</summary>
    public void Answered(long began)
    {
        if (_state.Answers == true)
        {
            Volatile.Write(ref _lastAnswer, time.GetTimestamp());
            return;
        }

        lock (_lock)
        {
            if (_state.Answers == true || (_state.Answers == false && began < _changed))
                return;
            DateTimeOffset now = time.GetUtcNow();
            if (_state.Since is { } since)
                log.MySqlBack(now - since);
            else
                log.MySqlAnswers();
            _state = new(true, now);
            _lastAnswer = _changed = time.GetTimestamp();
        }
    }

    /// <summary>MySQL did not answer or refused the connection. <c>lastWorked</c> is when this connection last worked; for a new one, when the attempt began.
    /// If MySQL answered another worker since, only this connection broke.</summary>
    public void Failed(long lastWorked, Exception error)
    {
        lock (_lock)
        {
            if (_state.Answers == false || Volatile.Read(ref _lastAnswer) > lastWorked)
                return;
            _state = new(false, time.GetUtcNow());
            _changed = time.GetTimestamp();
            log.MySqlLost(error.Message.TrimEnd('.'));
        }
    }
}

/// <summary>Whether MySQL answers and since when; null before the first attempt has ended.</summary>
internal sealed record MySqlState(bool? Answers, DateTimeOffset? Since);
