using System.Buffers.Binary;
using System.Net.Sockets;

namespace CdcLab.Clients.Kafka;

/// <summary>Asks exactly one broker on exactly one listener which brokers a client of that side is told, and nobody else.</summary>
/// <remarks>
/// Not by librdkafka: it would keep a client with a thread for each broker per listener, would ask any broker it knows, and would go on answering from what it
/// learnt before. The request is version 0 of the Metadata API (Kafka's protocol guide, request key 3), which every Kafka from 0.9 to 3.9 answers. It asks for
/// all topics by naming none: a topic that is named and does not exist would be created (<c>auto.create.topics.enable</c>).
/// </remarks>
public static class BrokerMetadata
{
    private const int CorrelationId = 0x43444331;

    // All topics are part of the answer; a lab's are a few kilobytes.
    private const int LongestAnswer = 8 * 1024 * 1024;

    private static readonly byte[] Request = MakeRequest();

    /// <summary>Asks one listener.</summary>
    /// <param name="host">The listener's host.</param>
    /// <param name="port">The listener's port.</param>
    /// <param name="cancellationToken">Ends the wait; give it a deadline, a paused broker accepts and never answers.</param>
    /// <returns>The brokers that a client of this side is told, by id.</returns>
    /// <exception cref="SocketException">Nothing listens there.</exception>
    /// <exception cref="IOException">The connection was closed before an answer.</exception>
    /// <exception cref="InvalidDataException">What answered is not a Kafka broker.</exception>
    public static async Task<IReadOnlyList<AdvertisedBroker>> AskAsync(string host, int port, CancellationToken cancellationToken)
    {
        using TcpClient client = new(AddressFamily.InterNetwork) { NoDelay = true };
        await client.ConnectAsync(host, port, cancellationToken);
        NetworkStream stream = client.GetStream();
        await stream.WriteAsync(Request, cancellationToken);
        byte[] head = new byte[sizeof(int)];
        await stream.ReadExactlyAsync(head, cancellationToken);
        int length = BinaryPrimitives.ReadInt32BigEndian(head);
        if (length is < 0 or > LongestAnswer)
            throw new InvalidDataException($"What listens on {host}:{port} does not answer as a Kafka broker does.");
        byte[] answer = new byte[length];
        await stream.ReadExactlyAsync(answer, cancellationToken);
        return Read(answer);
    }

    /// <summary>The request as it goes over the wire, for whoever can send it from where this process cannot.</summary>
    public static ReadOnlyMemory<byte> Question => Request;

    /// <summary>Reads an answer, without the four bytes of its length.</summary>
    /// <param name="answer">The answer.</param>
    /// <returns>The brokers that a client of this side is told, by id.</returns>
    /// <exception cref="InvalidDataException">It is no Kafka broker's.</exception>
    public static IReadOnlyList<AdvertisedBroker> Read(ReadOnlySpan<byte> answer)
    {
        KafkaReader reader = new(answer);
        if (reader.Int32() != CorrelationId)
            throw new InvalidDataException("The answer is to another request than was asked: not a Kafka broker.");
        int count = reader.Count(smallest: 10);
        List<AdvertisedBroker> brokers = new(count);
        for (int i = 0; i < count; i++)
            brokers.Add(new(reader.Int32(), reader.Text(), reader.Int32()));
        brokers.Sort((a, b) => a.Id.CompareTo(b.Id));
        return brokers;
    }

    private static byte[] MakeRequest()
    {
        ReadOnlySpan<byte> client = "cdclab"u8;
        byte[] request = new byte[4 + 2 + 2 + 4 + 2 + client.Length + 4];
        Span<byte> rest = request;
        BinaryPrimitives.WriteInt32BigEndian(rest, request.Length - 4);
        BinaryPrimitives.WriteInt16BigEndian(rest[4..], 3); // Metadata
        BinaryPrimitives.WriteInt16BigEndian(rest[6..], 0); // its version
        BinaryPrimitives.WriteInt32BigEndian(rest[8..], CorrelationId);
        BinaryPrimitives.WriteInt16BigEndian(rest[12..], (short)client.Length);
        client.CopyTo(rest[14..]);
        BinaryPrimitives.WriteInt32BigEndian(rest[(14 + client.Length)..], 0); // no topic is named: all
        return request;
    }
}
