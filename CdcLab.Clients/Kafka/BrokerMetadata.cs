using System.Net.Sockets;

namespace CdcLab.Clients.Kafka;

/// <summary>Asks exactly one broker on exactly one listener which brokers a client of that side is told, and nobody else.</summary>
/// <remarks>Not by librdkafka: it would keep a client with a thread for each broker per listener, would ask any broker it knows, and would go on answering from what it
/// learnt before. The request is version 0 of the Metadata API (Kafka's protocol guide, request key 3), which every Kafka from 0.9 to 3.9 answers. It asks for
/// all topics by naming none: a topic that is named and does not exist would be created (<c>auto.create.topics.enable</c>).</remarks>
public static class BrokerMetadata
{
    private const int CorrelationId = 0x43444331;

    // All topics are part of the answer; a lab's are a few kilobytes.
    private const int LongestAnswer = 8 * 1024 * 1024;

    /// <summary>The request as it goes over the wire, for whoever can send it from where this process cannot.</summary>
    public static ReadOnlyMemory<byte> Question { get; } = MakeQuestion();

    /// <summary>The brokers that a client of this listener's side is told, by id. Give it a deadline: a paused broker accepts and never answers.</summary>
    /// <exception cref="SocketException">Nothing listens there.</exception>
    /// <exception cref="IOException">The connection was closed before an answer.</exception>
    /// <exception cref="InvalidDataException">What answered is not a Kafka broker.</exception>
    public static async Task<IReadOnlyList<AdvertisedBroker>> AskAsync(string host, int port, CancellationToken cancellationToken)
    {
        using TcpClient client = new(AddressFamily.InterNetwork) { NoDelay = true };
        await client.ConnectAsync(host, port, cancellationToken);
        NetworkStream stream = client.GetStream();
        await stream.WriteAsync(Question, cancellationToken);
        return Read(await stream.ReadPacketAsync(LongestAnswer, "a Kafka broker", cancellationToken));
    }

    public static IReadOnlyList<AdvertisedBroker> Read(ReadOnlySpan<byte> answer)
    {
        WireReader reader = new(answer);
        if (reader.Int32() != CorrelationId)
            throw new InvalidDataException("The answer is to another request than was asked: not a Kafka broker.");
        int count = reader.Count(smallest: 10);
        List<AdvertisedBroker> brokers = new(count);
        for (int i = 0; i < count; i++)
            brokers.Add(new(reader.Int32(), reader.ShortText(), reader.Int32()));
        brokers.Sort((a, b) => a.Id.CompareTo(b.Id));
        return brokers;
    }

    private static ReadOnlyMemory<byte> MakeQuestion()
    {
        WireWriter question = new();
        question.Packet(p =>
        {
            p.Int16(3); // Metadata
            p.Int16(0); // its version
            p.Int32(CorrelationId);
            p.ShortText("cdclab");
            p.Int32(0); // no topic is named: all
        });
        return question.Written;
    }
}

/// <summary>Whether one broker answers on one listener, and knows its cluster.</summary>
public static class BrokerPing
{
    /// <summary>Asks for metadata and reads the answer. Exceptions and deadline as for <see cref="BrokerMetadata.AskAsync"/>.</summary>
    /// <exception cref="InvalidDataException">It has just begun: it answers before it knows anybody, even itself, and no client could use it.</exception>
    public static async Task AskAsync(string host, int port, CancellationToken cancellationToken)
    {
        if ((await BrokerMetadata.AskAsync(host, port, cancellationToken)).Count == 0)
            throw new InvalidDataException($"The broker at {host}:{port} has just begun and knows no broker yet.");
    }
}
