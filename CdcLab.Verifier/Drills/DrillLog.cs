using System.Runtime.InteropServices;

namespace CdcLab.Verifier.Drills;

internal enum DrillOutcome
{
    Pending,
    Acknowledged,
    /// <summary>Certainly not written.</summary>
    Refused,
    /// <summary>Perhaps written.</summary>
    Unknown,
}

/// <param name="Intended">When it was due, as <see cref="Stopwatch"/> counts; so is <paramref name="Completed"/>.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct DrillMessage(long Intended, long Completed, DrillOutcome Outcome);

/// <summary>What became of each message of one producer.</summary>
internal sealed class DrillLog(string name, bool isIdempotent)
{
    private readonly Lock _gate = new();
    private readonly List<DrillMessage> _messages = [];
    private readonly Dictionary<string, long> _errors = new(StringComparer.Ordinal);
    private long _pending, _acknowledged;

    public string Name => name;

    public bool IsIdempotent => isIdempotent;

    public long Pending => Interlocked.Read(ref _pending);

    public int Sent
    {
        get
        {
            lock (_gate)
                return _messages.Count;
        }
    }

    public long Acknowledged => Interlocked.Read(ref _acknowledged);

    /// <summary>Notes a message that is due; gives its number.</summary>
    public int Intend(long intended)
    {
        lock (_gate)
        {
            _messages.Add(new(intended, 0, DrillOutcome.Pending));
            _pending++;
            return _messages.Count - 1;
        }
    }

    public void Complete(int number, DrillOutcome outcome, long now, string? error = null)
    {
        lock (_gate)
        {
            if (_messages[number].Outcome != DrillOutcome.Pending)
                return;
            _messages[number] = _messages[number] with { Completed = now, Outcome = outcome };
            _pending--;
            _acknowledged += outcome == DrillOutcome.Acknowledged ? 1 : 0;
            if (error is not null)
                _errors[error] = _errors.GetValueOrDefault(error) + 1;
        }
    }

    public (DrillMessage[] Messages, IReadOnlyDictionary<string, long> Errors) Snapshot()
    {
        lock (_gate)
            return ([.. _messages], new Dictionary<string, long>(_errors));
    }
}
