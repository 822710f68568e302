using System.Globalization;
using CdcLab.Model.Live;

namespace CdcLab.Runtime.Standalone.Processes;

/// <summary>One reader of a log that goes on: keeps what it has not taken yet, within bounds.</summary>
internal sealed class LogFollower : IDisposable
{
    private const int MostLines = 2_000;
    private const int MostCharacters = 1024 * 1024;

    private readonly Lock _lock = new();
    private readonly SemaphoreSlim _something = new(0, 1);
    private Queue<LogLine> _waiting = new();
    private int _characters;
    private int _missed;
    private bool _ended;

    public void Add(LogLine line)
    {
        lock (_lock)
        {
            _waiting.Enqueue(line);
            _characters += line.Text.Length;
            while (_waiting.Count > MostLines || _characters > MostCharacters)
            {
                _characters -= _waiting.Dequeue().Text.Length;
                _missed++;
            }

            Wake();
        }
    }

    /// <summary>Nothing comes any more.</summary>
    public void End()
    {
        lock (_lock)
        {
            _ended = true;
            Wake();
        }
    }

    /// <summary>Waits for lines.</summary>
    /// <returns>What has come since the last time; null when nothing comes any more.</returns>
    public async Task<IReadOnlyList<LogLine>?> NextAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            await _something.WaitAsync(cancellationToken);
            lock (_lock)
            {
                if (_waiting.Count > 0)
                {
                    IEnumerable<LogLine> gap = _missed == 0
                        ? []
                        : [new(_waiting.Peek().At, true, string.Create(CultureInfo.InvariantCulture, $"({_missed} lines are left out: this reader was too slow; they are in the log file)"))];
                    LogLine[] news = [.. gap, .. _waiting];
                    (_waiting, _characters, _missed) = (new(), 0, 0);
                    if (_ended)
                        Wake();
                    return news;
                }

                if (_ended)
                    return null;
            }
        }
    }

    public void Dispose() => _something.Dispose();

    private void Wake()
    {
        if (_something.CurrentCount == 0)
            _something.Release();
    }
}
