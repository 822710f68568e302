using System.Buffers.Binary;
using CdcLab.Clients.Kafka;

namespace CdcLab.Tests.Model.Clients;

[Trait("tier", "model")]
public sealed class BrokerMetadataTests
{
    [Fact]
    public void Brokers_are_read_by_id()
    {
        IReadOnlyList<AdvertisedBroker> brokers = BrokerMetadata.Read(Answer((3, "localhost", 9094), (1, "localhost", 9092)));

        Assert.Equal([new(1, "localhost", 9092), new(3, "localhost", 9094)], brokers);
        Assert.Equal("localhost:9092", brokers[0].Address);
    }

    [Fact]
    public void Every_cut_of_an_answer_is_refused()
    {
        byte[] whole = Answer((1, "kafka-1", 29092), (2, "kafka-2", 29092));
        for (int length = 0; length < whole.Length; length++)
            Assert.Throws<InvalidDataException>(() => BrokerMetadata.Read(whole.AsSpan(0, length)));
    }

    [Property]
    public void Any_bytes_are_read_or_refused(byte[] bytes) => Assert.True(Record.Exception(() => BrokerMetadata.Read(bytes)) is null or InvalidDataException);

    [Property]
    public void Any_bytes_after_the_right_beginning_are_read_or_refused(byte[] bytes) =>
        Assert.True(Record.Exception(() => BrokerMetadata.Read([.. Answer()[..4], .. bytes])) is null or InvalidDataException);

    [Fact]
    public async Task What_is_not_a_broker_is_refused()
    {
        await using OneAnswerServer server = new("HTTP/1.1 400 Bad Request\r\n\r\n"u8.ToArray());

        await Assert.ThrowsAsync<InvalidDataException>(() => BrokerMetadata.AskAsync("127.0.0.1", server.Port, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Broker_that_knows_nobody_yet_does_not_answer_the_ping()
    {
        byte[] answer = Answer();
        byte[] length = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(length, answer.Length);
        await using OneAnswerServer server = new([.. length, .. answer]);

        await Assert.ThrowsAsync<InvalidDataException>(() => BrokerPing.AskAsync("127.0.0.1", server.Port, TestContext.Current.CancellationToken));
    }

    private static byte[] Answer(params (int Id, string Host, int Port)[] brokers)
    {
        using MemoryStream bytes = new();
        void Int32(int value)
        {
            Span<byte> number = stackalloc byte[4];
            BinaryPrimitives.WriteInt32BigEndian(number, value);
            bytes.Write(number);
        }

        Int32(0x43444331);
        Int32(brokers.Length);
        foreach ((int id, string host, int port) in brokers)
        {
            Int32(id);
            bytes.Write([(byte)(host.Length >> 8), (byte)host.Length]);
            bytes.Write(Encoding.UTF8.GetBytes(host));
            Int32(port);
        }

        return bytes.ToArray();
    }
}
