namespace CdcLab.OrderSimulator.Trading;

/// <summary>Whether MySQL answers, as all workers report. One log line when it is lost and one when it is back, however many workers report it.</summary>
internal sealed class Reachability(TimeProvider time, ILogger<Reachability> log)
{
    // Workers try again within two seconds, and an attempt that MySQL does not answer takes five.
    private static readonly TimeSpan ErrorAge = TimeSpan.FromSeconds(10);

    private readonly Lock _lock = new();
    private volatile MySqlState _state = new(null, null);
    private long _changed;
    private long _lastAnswer;
    private long _lastError;

    public MySqlState State =>
        _state is { Error: not null } state && time.GetElapsedTime(Volatile.Read(ref _lastError)) > ErrorAge ? state with { Error = null } : _state;

    public TimeSpan TimeSinceAnswer => time.GetElapsedTime(Volatile.Read(ref _lastAnswer));

    /// <summary>A timestamp for the beginning of an attempt.</summary>
    public long Begin() => time.GetTimestamp();

    /// <summary>MySQL answered an attempt. One that began before MySQL was lost does not mean that it is back.</summary>
    public void Answered(long began)
    {
        if (_state is { Answers: true, Error: null })
        {
            Volatile.Write(ref _lastAnswer, time.GetTimestamp());
            return;
        }

        lock (_lock)
        {
            if (_state.Answers == false && began < _changed)
                return;
            Answers();
            // One worker is refused while others, or a ping, are answered: an error counts until there was none for some time.
            if (State.Error is null && _state.Error is { } past)
            {
                _state = _state with { Error = null };
                if (past.Number is not null)
                    log.MySqlAccepts();
            }
        }
    }

    /// <summary>MySQL did not answer, or refused a login or a transaction: a refusal is an answer. <c>lastWorked</c> is when this connection last worked; for a new
    /// one, when the attempt began. If MySQL answered another worker since, only this connection broke.</summary>
    public void Failed(long lastWorked, Exception error)
    {
        // What MySQL itself says has a state; of the class 08 is that it shuts down.
        bool isRefusal = error is MySqlException { SqlState: { Length: > 0 } state } && !state.StartsWith("08", StringComparison.Ordinal);
        DatabaseError told = new(isRefusal ? ((MySqlException)error).Number : null, error.Message.Split('\n')[0].TrimEnd('.', '\r'));
        lock (_lock)
        {
            if (isRefusal)
            {
                Answers();
                if (_state.Error?.Number != told.Number)
                    log.MySqlRefuses(told.ToString());
            }
            else if (_state.Answers != false && Volatile.Read(ref _lastAnswer) <= lastWorked)
            {
                _state = new(false, time.GetUtcNow());
                _changed = time.GetTimestamp();
                log.MySqlLost(told.Message);
            }

            _state = _state with { Error = told };
            Volatile.Write(ref _lastError, time.GetTimestamp());
        }
    }

    // Called under the lock.
    private void Answers()
    {
        _lastAnswer = time.GetTimestamp();
        if (_state.Answers == true)
            return;
        DateTimeOffset now = time.GetUtcNow();
        if (_state.Since is { } since)
            log.MySqlBack(now - since);
        else
            log.MySqlAnswers();
        _state = new(true, now);
        _changed = _lastAnswer;
    }
}

/// <summary>Whether MySQL answers and since when, null before the first attempt has ended; and the last error while it is current.</summary>
internal sealed record MySqlState(bool? Answers, DateTimeOffset? Since, DatabaseError? Error = null);
