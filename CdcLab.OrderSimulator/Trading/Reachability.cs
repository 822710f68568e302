
namespace CdcLab.OrderSimulator.Trading;

/// <summary>Whether MySQL answers, as everybody who talks to it reports. One line in the log when it goes and one when it is back, however many notice.</summary>
/// <param name="time">The clock.</param>
/// <param name="log">The log.</param>
internal sealed class Reachability(TimeProvider time, ILogger<Reachability> log)
{
    private readonly Lock _lock = new();
    private bool? _answers;
    private DateTimeOffset? _since;
    private long _changed;
    private long _heard;

    /// <summary>Whether MySQL answers and since when; null before the first attempt ended.</summary>
    public (bool? Answers, DateTimeOffset? Since) State
    {
        get
        {
            lock (_lock)
                return (_answers, _since);
        }
    }

    /// <summary>Time since MySQL last answered anybody.</summary>
    public TimeSpan Silence => time.GetElapsedTime(Volatile.Read(ref _heard));

    /// <summary>The time now, to be told when an attempt begins and given back when it ends.</summary>
    public long Begin() => time.GetTimestamp();

    /// <summary>MySQL answered.</summary>
    /// <param name="began">When the attempt began. An answer to one that began before MySQL went was only late.</param>
    public void Answered(long began)
    {
        if (_answers == true)
        {
            Volatile.Write(ref _heard, time.GetTimestamp());
            return;
        }

        lock (_lock)
        {
            if (_answers == true || (_answers == false && began < _changed))
                return;
            DateTimeOffset now = time.GetUtcNow();
            if (_answers is null)
                log.Connected();
            else
                log.Back(now - _since!.Value);
            (_answers, _since) = (true, now);
            _heard = _changed = time.GetTimestamp();
        }
    }

    /// <summary>MySQL did not answer, or refused.</summary>
    /// <param name="sound">When this connection last worked; when the attempt began, for a new one. If somebody was answered since, one connection broke, and
    /// MySQL is there.</param>
    /// <param name="error">What happened.</param>
    public void Failed(long sound, Exception error)
    {
        if (_answers == false || Volatile.Read(ref _heard) > sound)
            return;
        lock (_lock)
        {
            if (_answers == false || _heard > sound)
                return;
            (_answers, _since) = (false, time.GetUtcNow());
            _changed = time.GetTimestamp();
            log.Gone(error.Message.TrimEnd('.'));
        }
    }
}
