using System.Collections.Immutable;
using CdcLab.Model.Live;

namespace CdcLab.Runtime.Standalone;

/// <summary>Who is told of the changes of a lab's states.</summary>
internal sealed class ChangeListeners
{
    private ImmutableList<Action<ResourceState>> _listeners = [];

    public IDisposable Add(Action<ResourceState> listener)
    {
        ImmutableInterlocked.Update(ref _listeners, l => l.Add(listener));
        return new Listening(this, listener);
    }

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
