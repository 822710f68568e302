using System.Net.Sockets;

namespace CdcLab.Clients.ZooKeeper;

/// <summary>ZooKeeper's four-letter words: a word in, a text out, then the connection is closed.</summary>
public static class FourLetterWords
{
    private const int LongestAnswer = 64 * 1024;

    /// <summary>Sends one word.</summary>
    /// <param name="host">ZooKeeper's host.</param>
    /// <param name="port">Its client port.</param>
    /// <param name="word">The word, e.g. <c>srvr</c>.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The answer.</returns>
    /// <exception cref="SocketException">Nothing listens there.</exception>
    /// <exception cref="InvalidDataException">The answer is longer than any of these.</exception>
    public static async Task<string> AskAsync(string host, int port, string word, CancellationToken cancellationToken)
    {
        using TcpClient client = new(AddressFamily.InterNetwork);
        await client.ConnectAsync(host, port, cancellationToken);
        NetworkStream stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(word), cancellationToken);
        using MemoryStream answer = new();
        byte[] buffer = new byte[4096];
        while (await stream.ReadAsync(buffer, cancellationToken) is var read and > 0)
        {
            answer.Write(buffer, 0, read);
            if (answer.Length > LongestAnswer)
                throw new InvalidDataException($"What listens on {host}:{port} does not answer as ZooKeeper does.");
        }

        return Encoding.UTF8.GetString(answer.ToArray());
    }

    /// <summary>The version that <c>srvr</c> tells.</summary>
    /// <param name="answer">The answer to <c>srvr</c>.</param>
    /// <returns>Such as <c>3.6.4</c>.</returns>
    /// <exception cref="InvalidDataException">The answer tells no version: what answered does not serve.</exception>
    public static string Version(string answer)
    {
        const string Label = "Zookeeper version: ";
        string line = answer.Split('\n').FirstOrDefault(l => l.StartsWith(Label, StringComparison.OrdinalIgnoreCase))
            ?? throw new InvalidDataException($"ZooKeeper does not serve: '{answer.Trim()}'.");
        return line[Label.Length..].Split('-', ',')[0].Trim();
    }
}
