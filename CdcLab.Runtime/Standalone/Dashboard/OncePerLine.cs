using System.Collections.Concurrent;

namespace CdcLab.Runtime.Standalone.Dashboard;

/// <summary>Says each line once: what is found at every look need not be read at every look.</summary>
/// <param name="say">Takes the lines.</param>
internal sealed class OncePerLine(Action<string> say)
{
    // A line that is other each time must not fill the memory, nor the terminal.
    private const int Most = 100;

    private readonly ConcurrentDictionary<string, bool> _said = new(StringComparer.Ordinal);

    public void Say(string line)
    {
        if (_said.Count < Most && _said.TryAdd(line, true))
            say(line);
    }
}
