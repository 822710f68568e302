using System.Security.Cryptography;
using CdcLab.Clients.MySql.Binlog;

namespace CdcLab.Tests.Model.Clients;

[Trait("tier", "model")]
public sealed class BinlogReplicaTests
{
    private static readonly byte[] Nonce = [.. Enumerable.Range(1, 20).Select(i => (byte)i)];
    private static readonly byte[] Greeting = Packet(0, [10, .. "9.7.4"u8, 0, 1, 0, 0, 0, .. Nonce[..8], 0, .. new byte[18], .. Nonce[8..], 0, .. "caching_sha2_password"u8, 0]);
    private static readonly byte[] Done = Packet(2, [0, 0, 0, 2, 0, 0, 0]);
    private static readonly byte[] End = Packet(9, [0xFE, 0, 0, 2, 0]);

    [Fact]
    public async Task Events_come_until_the_end_the_description_first()
    {
        await using OneAnswerServer server = OneAnswerServer.Greeting(Greeting, [.. Packet(2, [1, 3]), .. Done], Done, [.. Events("BEGIN"), .. End]);
        await using BinlogReplica replica = await LogInAsync(server);
        await replica.BeginAsync("binlog.000001", 4, TestContext.Current.CancellationToken);

        Assert.IsType<FormatEvent>(await ReadAsync(replica));
        Assert.Equal("BEGIN", Assert.IsType<QueryEvent>(await ReadAsync(replica)).Statement);
        Assert.False(replica.IsAtEnd);
        Assert.Null(await ReadAsync(replica));
        Assert.True(replica.IsAtEnd);
    }

    [Fact]
    public async Task Password_that_the_server_has_not_seen_goes_under_its_key()
    {
        using RSA rsa = RSA.Create(2048);
        byte[] key = Encoding.ASCII.GetBytes(rsa.ExportSubjectPublicKeyInfoPem());
        await using OneAnswerServer server = OneAnswerServer.Greeting(Greeting, Packet(2, [1, 4]), Packet(4, [1, .. key]), Done);
        await using BinlogReplica replica = await LogInAsync(server);

        byte[] sent = rsa.Decrypt(BinlogReplica.Encrypt("secret"u8.ToArray(), Nonce, key), RSAEncryptionPadding.OaepSHA1);
        Assert.Equal("secret\0"u8.ToArray(), sent.Select((b, i) => (byte)(b ^ Nonce[i])));
    }

    [Fact]
    public async Task Other_random_bytes_are_taken_where_the_server_asks_for_them()
    {
        await using OneAnswerServer server = OneAnswerServer.Greeting(
            Greeting, Packet(2, [0xFE, .. "caching_sha2_password"u8, 0, .. Nonce.Reverse(), 0]), [.. Packet(4, [1, 3]), .. Done]);
        await using BinlogReplica replica = await LogInAsync(server);
    }

    [Fact]
    public async Task Refusal_is_told_in_the_words_of_MySQL()
    {
        byte[] refusal = Packet(2, [0xFF, .. BinlogEvents.Number(1045, 2), .. "#28000Access denied"u8]);
        await using (OneAnswerServer server = OneAnswerServer.Greeting(Greeting, refusal))
            Assert.Equal((1045, "Access denied"), await RefusedAsync(() => LogInAsync(server)));

        byte[] full = Packet(0, [0xFF, .. BinlogEvents.Number(1040, 2), .. "Too many connections"u8]);
        await using (OneAnswerServer server = OneAnswerServer.Greeting(full))
            Assert.Equal((1040, "Too many connections"), await RefusedAsync(() => LogInAsync(server)));

        byte[] revoked = Packet(1, [0xFF, .. BinlogEvents.Number(1227, 2), .. "#42000no REPLICATION SLAVE"u8]);
        await using (OneAnswerServer server = OneAnswerServer.Greeting(Greeting, Done, Done, revoked))
        {
            await using BinlogReplica replica = await LogInAsync(server);
            await replica.BeginAsync("binlog.000001", 4, TestContext.Current.CancellationToken);
            Assert.Equal((1227, "no REPLICATION SLAVE"), await RefusedAsync(() => ReadAsync(replica)));
        }
    }

    [Fact]
    public async Task Account_of_another_plugin_is_told()
    {
        await using OneAnswerServer server = OneAnswerServer.Greeting(Greeting, Packet(2, [0xFE, .. "mysql_native_password"u8, 0, .. Nonce, 0]));
        InvalidDataException told = await Assert.ThrowsAsync<InvalidDataException>(() => LogInAsync(server));
        Assert.Contains("mysql_native_password", told.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_is_read_after_an_event_that_is_too_long()
    {
        byte[] rows = BinlogEvents.Rows(30, 90, 9, [[0xFF, 0x01], new byte[2 * 1024 * 1024]]);
        await using OneAnswerServer server = OneAnswerServer.Greeting(Greeting, Done, Done, [.. Events("BEGIN"), .. Packet(4, [0, .. rows]), .. Events("COMMIT"), .. End]);
        await using BinlogReplica replica = await LogInAsync(server);
        await replica.BeginAsync("binlog.000001", 4, TestContext.Current.CancellationToken);

        BinlogEvent? last = null;
        while (await ReadAsync(replica) is { } read)
            last = read;
        Assert.True(Assert.IsType<RowsEvent>(last).HasAllColumns);
        Assert.False(replica.IsAtEnd);
    }

    [Fact]
    public async Task Every_cut_of_what_a_server_sends_ends_in_a_clear_exception()
    {
        byte[] stream = [.. Events("BEGIN"), .. End];
        for (int length = 0; length < stream.Length; length += 3)
        {
            await using OneAnswerServer server = OneAnswerServer.Greeting(Greeting, Done, Done, stream[..length]);
            await using BinlogReplica replica = await LogInAsync(server);
            await replica.BeginAsync("binlog.000001", 4, TestContext.Current.CancellationToken);
            await Assert.ThrowsAsync<EndOfStreamException>(async () =>
            {
                while (await ReadAsync(replica) is not null)
                {
                    // Until it is cut.
                }
            });
        }

        for (int length = 0; length < Greeting.Length; length += 5)
        {
            await using OneAnswerServer server = OneAnswerServer.Greeting(Greeting[..length]);
            await Assert.ThrowsAsync<EndOfStreamException>(() => LogInAsync(server));
        }
    }

    [Property(MaxTest = 1000)]
    public void Any_bytes_of_a_login_are_read_or_refused_and_nothing_else_happens(byte[] bytes)
    {
        byte[] answer = [0, .. bytes];
        foreach (Action read in new Action[] { () => BinlogReplica.Nonce(bytes), () => BinlogReplica.SwitchedNonce(answer), () => BinlogReplica.Refusal(bytes), () => BinlogReplica.Encrypt([1], Nonce, bytes) })
            Assert.True(Record.Exception(read) is null or InvalidDataException);
    }

    [Property]
    public void Numbers_of_any_length_are_read_back(ulong value)
    {
        Assert.Equal(value, new PacketReader(BinlogEvents.Number(value, 8)).Number(8));
        Assert.Equal(value, new PacketReader([254, .. BinlogEvents.Number(value, 8)]).Packed());
        Assert.Equal(value & 0xFF_FFFF, new PacketReader([253, .. BinlogEvents.Number(value, 3)]).Packed());
    }

    private static Task<BinlogReplica> LogInAsync(OneAnswerServer server) => BinlogReplica.LogInAsync("127.0.0.1", server.Port, "debezium", "secret", TestContext.Current.CancellationToken);

    private static Task<BinlogEvent?> ReadAsync(BinlogReplica replica) => replica.ReadAsync(TestContext.Current.CancellationToken);

    private static async Task<(int, string)> RefusedAsync(Func<Task> ask)
    {
        MySqlRefusedException refused = await Assert.ThrowsAsync<MySqlRefusedException>(ask);
        return (refused.Code, refused.Message);
    }

    // The name of the file that was asked for comes before its description, with a checksum that nobody has announced yet.
    private static byte[] Events(string statement) =>
        [.. Packet(1, [0, .. BinlogEvents.Rotate("binlog.000001????")]), .. Packet(2, [0, .. BinlogEvents.Format(checksum: 1)]), .. Packet(3, [0, .. BinlogEvents.Query(statement + "????")])];

    private static byte[] Packet(byte number, byte[] payload) => [.. BinlogEvents.Number((ulong)payload.Length, 3), number, .. payload];
}
