using System.Collections.Immutable;
using CdcLab.Model.Live;

namespace CdcLab.Runtime;

/// <summary>Who is told of the changes of a lab's states.</summary>
public sealed class ChangeListeners
{
    private ImmutableList<Action<ResourceState>> _listeners = [];

    /// <summary>Adds somebody.</summary>
    /// <param name="listener">Called with each new state, from any thread: it must return at once.</param>
    /// <returns>Disposed of, it ends.</returns>
    public IDisposable Add(Action<ResourceState> listener)
    {
        ImmutableInterlocked.Update(ref _listeners, l => l.Add(listener));
        return new Listening(this, listener);
    }

    /// <summary>Tells everybody.</summary>
    /// <param name="state">The new state.</param>
    public void Tell(ResourceState state)
    {
        foreach (Action<ResourceState> listener in _listeners)
            listener(state);
    }

    private sealed class Listening(ChangeListeners listeners, Action<ResourceState> listener) : IDisposable
    {
        public void Dispose() => ImmutableInterlocked.Update(ref listeners._listeners, l => l.Remove(listener));
    }
}
