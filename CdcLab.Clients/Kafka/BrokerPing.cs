using System.Net.Sockets;

namespace CdcLab.Clients.Kafka;

/// <summary>Whether one broker answers on one listener, and knows its cluster.</summary>
public static class BrokerPing
{
    /// <summary>Asks for metadata and reads the answer.</summary>
    /// <param name="host">The listener's host.</param>
    /// <param name="port">The listener's port.</param>
    /// <param name="cancellationToken">Ends the wait; give it a deadline, a paused broker accepts and never answers.</param>
    /// <returns>A task that is done when the broker has answered.</returns>
    /// <exception cref="SocketException">Nothing listens there.</exception>
    /// <exception cref="InvalidDataException">What answered is not a Kafka broker, or one that has just begun: it answers before it knows anybody, even itself, and no client could use it.</exception>
    /// <exception cref="IOException">The connection was closed before an answer.</exception>
    public static async Task AskAsync(string host, int port, CancellationToken cancellationToken)
    {
        if ((await BrokerMetadata.AskAsync(host, port, cancellationToken)).Count == 0)
            throw new InvalidDataException($"The broker at {host}:{port} has just begun and knows no broker yet.");
    }
}
