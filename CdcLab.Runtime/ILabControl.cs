using CdcLab.Clients.Kafka;
using CdcLab.Model.Live;

namespace CdcLab.Runtime;

/// <summary>What can be asked of, and done to, the servers and services of a running lab; the same under every host.</summary>
public interface ILabControl
{
    /// <summary>Every server and service as it is now, in the order of the picture.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The states.</returns>
    Task<IReadOnlyList<ResourceState>> ListAsync(CancellationToken cancellationToken);

    /// <summary>Does something to one server or service, and returns when it is done: after a start it answers, after a stop or kill it is gone.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="command">What to do.</param>
    /// <param name="cancellationToken">Ends the wait, not what was begun.</param>
    /// <returns>Its state afterwards.</returns>
    /// <exception cref="UnknownResourceException">There is none of that name.</exception>
    /// <exception cref="LabControlException">It makes no sense now, or it did not work.</exception>
    Task<ResourceState> ExecuteAsync(string name, ServerCommand command, CancellationToken cancellationToken);

    /// <summary>The last lines that one server or service wrote.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="lines">How many at most.</param>
    /// <returns>The lines, oldest first.</returns>
    /// <exception cref="UnknownResourceException">There is none of that name.</exception>
    IReadOnlyList<string> Log(string name, int lines);

    /// <summary>The lines that one server or service wrote, from the files that keep them, and those that it goes on to write.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="follow">Whether to go on after the lines that are there.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>The lines in pieces, oldest first. A reader that falls behind gets one line that says how many it missed.</returns>
    /// <exception cref="UnknownResourceException">There is none of that name.</exception>
    IAsyncEnumerable<IReadOnlyList<LogLine>> FollowLogAsync(string name, bool follow, CancellationToken cancellationToken);

    /// <summary>How one server or service was launched last.</summary>
    /// <param name="name">Its name.</param>
    /// <returns>The details; null before its first launch.</returns>
    /// <exception cref="UnknownResourceException">There is none of that name.</exception>
    LaunchDetails? Launch(string name);

    /// <summary>Asks to be told of every change of a state.</summary>
    /// <param name="changed">Called with the new state, from any thread and in the way of others: it must return at once. Memory figures are not among the changes.</param>
    /// <returns>Disposed of, it ends.</returns>
    IDisposable OnChange(Action<ResourceState> changed);

    /// <summary>Asks every broker on its INTERNAL listener from inside the lab's own network, where this machine's processes are not.</summary>
    /// <param name="cancellationToken">Gives it up.</param>
    /// <returns>One answer for each broker.</returns>
    /// <exception cref="LabControlException">It cannot be looked, or need not: the lab has no network of its own.</exception>
    Task<IReadOnlyList<ListenerAnswer>> AskInsideAsync(CancellationToken cancellationToken) =>
        throw new LabControlException("This host cannot look at INTERNAL from inside the lab's network.");
}
