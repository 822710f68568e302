using System.Net.Sockets;

namespace CdcLab.Clients.ZooKeeper;

/// <summary>ZooKeeper's four-letter words: a word in, a text out, then the connection is closed.</summary>
public static class FourLetterWords
{
    private const int LongestAnswer = 64 * 1024;

    /// <summary>The answer to one word, e.g. <c>srvr</c>. Give it a deadline.</summary>
    /// <exception cref="SocketException">Nothing listens there.</exception>
    public static async Task<string> AskAsync(string host, int port, string word, CancellationToken cancellationToken)
    {
        using TcpClient client = new(AddressFamily.InterNetwork);
        await client.ConnectAsync(host, port, cancellationToken);
        NetworkStream stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(word), cancellationToken);
        byte[] answer = new byte[LongestAnswer];
        int length = await stream.ReadAtLeastAsync(answer, LongestAnswer, throwOnEndOfStream: false, cancellationToken);
        if (length == LongestAnswer)
            throw new InvalidDataException($"What listens on {host}:{port} does not answer as ZooKeeper does.");
        return Encoding.UTF8.GetString(answer, 0, length);
    }

    /// <summary>The version in an answer to <c>srvr</c>, such as <c>3.6.4</c>.</summary>
    /// <exception cref="InvalidDataException">It tells none: what answered does not serve.</exception>
    public static string Version(string answer)
    {
        const string Label = "Zookeeper version: ";
        string line = answer.Split('\n').FirstOrDefault(l => l.StartsWith(Label, StringComparison.OrdinalIgnoreCase))
            ?? throw new InvalidDataException($"ZooKeeper does not serve: '{answer.Trim()}'.");
        return line[Label.Length..].Split('-', ',')[0].Trim();
    }
}
