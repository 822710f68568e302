namespace CdcLab.OrderSimulator.Trading;

/// <summary>Whether MySQL answers, as all workers report. One log line when it is lost and one when it is back, however many workers report it.</summary>
internal sealed class Reachability(TimeProvider time, ILogger<Reachability> log)
{
    private readonly Lock _lock = new();
    private bool? _answers;
    private DateTimeOffset? _since;
    private long _changed;
    private long _lastAnswer;

    /// <summary>Whether MySQL answers and since when; null before the first attempt has ended.</summary>
    public (bool? Answers, DateTimeOffset? Since) State
    {
        get
        {
            lock (_lock)
                return (_answers, _since);
        }
    }

    /// <summary>The time since MySQL last answered.</summary>
    public TimeSpan TimeSinceAnswer => time.GetElapsedTime(Volatile.Read(ref _lastAnswer));

    /// <summary>A timestamp for the beginning of an attempt.</summary>
    public long Begin() => time.GetTimestamp();

    /// <summary>MySQL answered.</summary>
    /// <param name="began">When the attempt began. An attempt that began before MySQL was lost does not mean that it is back.</param>
    public void Answered(long began)
    {
        if (_answers == true)
        {
            Volatile.Write(ref _lastAnswer, time.GetTimestamp());
            return;
        }

        lock (_lock)
        {
            if (_answers == true || (_answers == false && began < _changed))
                return;
            DateTimeOffset now = time.GetUtcNow();
            if (_answers is null)
                log.MySqlAnswers();
            else
                log.MySqlBack(now - _since!.Value);
            (_answers, _since) = (true, now);
            _lastAnswer = _changed = time.GetTimestamp();
        }
    }

    /// <summary>MySQL did not answer or refused the connection. <c>lastWorked</c> is when this connection last worked; for a new one, when the attempt began.
    /// If MySQL answered another worker since, only this connection broke.</summary>
    public void Failed(long lastWorked, Exception error)
    {
        if (_answers == false || Volatile.Read(ref _lastAnswer) > lastWorked)
            return;
        lock (_lock)
        {
            if (_answers == false || _lastAnswer > lastWorked)
                return;
            (_answers, _since) = (false, time.GetUtcNow());
            _changed = time.GetTimestamp();
            log.MySqlLost(error.Message.TrimEnd('.'));
        }
    }
}
