using System.Net.Sockets;
using System.Security.Cryptography;

namespace CdcLab.Clients.MySql.Binlog;

/// <summary>MySQL answered, and said no: its error code and its words.</summary>
public sealed class MySqlRefusedException(int code, string message) : Exception(message)
{
    public int Code => code;
}

/// <summary>Reads the binlog as a replica does, from a place to its present end: one login, one dump, wherever the server runs.</summary>
/// <remarks>It takes REPLICATION SLAVE. No client library that is used here has COM_BINLOG_DUMP. The protocol: MySQL's source code documentation,
/// "Client/Server Protocol". Without TLS, as everywhere on loopback here; only <c>caching_sha2_password</c>, which the lab's users have.</remarks>
public sealed class BinlogReplica : IAsyncDisposable
{
    // Debezium's ids, and those that people give, are far below.
    private const uint LeastServerId = 4_000_000_000;

    private const string Plugin = "caching_sha2_password";
    private const int NonceLength = 20;
    private const int LargestPart = 0xFF_FFFF;

    // What is judged of an event stands at its beginning.
    private const int Kept = 64 * 1024;
    private const int LongestRead = 1024 * 1024;

    private readonly NetworkStream _network;
    private readonly BufferedStream _input;
    private readonly byte[] _head = new byte[4];
    private byte[] _packet = new byte[Kept];
    private int? _checksum;
    private bool _isCut;

    private BinlogReplica(Socket socket)
    {
        _network = new(socket, ownsSocket: true);
        _input = new(_network, Kept);
    }

    /// <summary>Whether the binlog's end was reached: nothing was written after the last event.</summary>
    public bool IsAtEnd { get; private set; }

    public long BytesRead { get; private set; }

    /// <exception cref="MySqlRefusedException">The server refused the login.</exception>
    /// <exception cref="SocketException">Nothing listens there.</exception>
    /// <exception cref="IOException">The connection broke.</exception>
    /// <exception cref="InvalidDataException">What answered does not speak as MySQL does.</exception>
    public static async Task<BinlogReplica> LogInAsync(string host, int port, string user, string password, CancellationToken cancellationToken)
    {
        Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(host, port, cancellationToken);
            BinlogReplica replica = new(socket);
            await replica.LogInAsync(user, Encoding.UTF8.GetBytes(password), cancellationToken);
            return replica;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Asks for what stands in the binlog from this place on. Once for each login.</summary>
    /// <exception cref="MySqlRefusedException">The server refused.</exception>
    public async Task BeginAsync(string file, long position, CancellationToken cancellationToken)
    {
        // Else the server refuses to send events with checksums: it must see that its reader knows of them. The second name is that of servers before 8.0.26.
        const string Sql = "SET @source_binlog_checksum = @@GLOBAL.binlog_checksum, @master_binlog_checksum = @@GLOBAL.binlog_checksum";
        await CommandAsync([3, .. Encoding.UTF8.GetBytes(Sql)], cancellationToken);
        await AnswerAsync(cancellationToken);
        const byte Dump = 0x12, NonBlock = 1;
        // Another one for each dump: a second dump under the same id ends the first (seen: error 1236).
        uint serverId = LeastServerId + (uint)Random.Shared.Next(290_000_000);
        await CommandAsync([Dump, .. Bytes(checked((uint)position)), NonBlock, 0, .. Bytes(serverId), .. Encoding.UTF8.GetBytes(file)], cancellationToken);
    }

    /// <summary>The next event, the description of the file first; null at the binlog's end, and behind an event of more than a mebibyte.</summary>
    /// <exception cref="MySqlRefusedException">The server refused, or ended the dump.</exception>
    public async Task<BinlogEvent?> ReadAsync(CancellationToken cancellationToken)
    {
        while (!IsAtEnd && !_isCut)
        {
            (ReadOnlyMemory<byte> packet, int length) = await PacketAsync(cancellationToken);
            IsAtEnd = packet.Span is [0xFE, ..] && length < 9;
            if (IsAtEnd)
                break;
            if (packet.Span is not [0, ..])
                throw new InvalidDataException("What the server sends of its binlog is not an event.");
            BinlogEvent read = BinlogEvent.Parse(packet.Span[1..], length - 1, _checksum ?? 0);
            // Before the first description stands only the name of the file that was asked for, and whether a checksum follows it is not known yet.
            if (read is FormatEvent format)
                _checksum = format.ChecksumLength;
            if (_checksum is not null || read is not RotateEvent)
                return read;
        }

        return null;
    }

    public ValueTask DisposeAsync() => _network.DisposeAsync();

    private async Task LogInAsync(string user, byte[] password, CancellationToken cancellationToken)
    {
        byte[] nonce = Nonce(await AnswerAsync(cancellationToken));
        const uint Capabilities = 0x1 | 0x200 | 0x8000 | 0x8_0000; // long password, protocol 4.1, secure connection, authentication by plugin
        const byte Utf8 = 45;
        byte[] scrambled = Scramble(password, nonce);
        await SendAsync(
            [
                .. Bytes(Capabilities), .. Bytes(LargestPart), Utf8, .. new byte[23],
                .. Encoding.UTF8.GetBytes(user), 0, (byte)scrambled.Length, .. scrambled, .. Encoding.UTF8.GetBytes(Plugin), 0,
            ],
            cancellationToken);
        while (await AnswerAsync(cancellationToken) is not [0, ..] and var answer)
        {
            switch (answer)
            {
                case [0xFE, ..]:
                    nonce = SwitchedNonce(answer);
                    await SendAsync(Scramble(password, nonce), cancellationToken);
                    break;
                case [1, 3]: // The server knows the password's hash, and it is right.
                    break;
                case [1, 4]: // The server has not seen the password since its start: it wants it under its key.
                    await SendAsync([2], cancellationToken);
                    break;
                case [1, .. var key]:
                    await SendAsync(Encrypt(password, nonce, key), cancellationToken);
                    break;
                default:
                    throw new InvalidDataException("What listens there does not log in as MySQL does.");
            }
        }
    }

    /// <summary>The random bytes of the server's greeting.</summary>
    internal static byte[] Nonce(ReadOnlySpan<byte> greeting)
    {
        PacketReader reader = new(greeting);
        if (reader.Byte() != 10)
            throw new InvalidDataException("What listens there does not greet as MySQL does.");
        reader.TextToNul(); // version
        reader.Take(4); // thread
        ReadOnlySpan<byte> first = reader.Take(8);
        reader.Take(19); // a NUL, capabilities, character set, status, more capabilities, the length of the random bytes, 10 NULs
        return [.. first, .. reader.Take(NonceLength - 8)];
    }

    /// <summary>The random bytes with which the server asks for another way to log in than it greeted with.</summary>
    internal static byte[] SwitchedNonce(ReadOnlySpan<byte> answer)
    {
        PacketReader reader = new(answer[1..]);
        string plugin = reader.TextToNul();
        if (plugin != Plugin)
            throw new InvalidDataException($"The account logs in by {plugin}, and the lab's users do by {Plugin}.");
        return reader.Take(NonceLength).ToArray();
    }

    internal static byte[] Scramble(byte[] password, byte[] nonce)
    {
        byte[] once = SHA256.HashData(password);
        return Xor(once, SHA256.HashData([.. SHA256.HashData(once), .. nonce]));
    }

    internal static byte[] Encrypt(byte[] password, byte[] nonce, ReadOnlySpan<byte> key)
    {
        using RSA rsa = RSA.Create();
        try
        {
            rsa.ImportFromPem(Encoding.ASCII.GetString(key));
            return rsa.Encrypt(Xor([.. password, 0], nonce), RSAEncryptionPadding.OaepSHA1);
        }
        catch (Exception e) when (e is ArgumentException or CryptographicException)
        {
            throw new InvalidDataException("The server's public key is none.", e);
        }
    }

    private static byte[] Xor(byte[] bytes, byte[] with) => [.. bytes.Select((b, i) => (byte)(b ^ with[i % with.Length]))];

    private static byte[] Bytes(uint number) => [(byte)number, (byte)(number >> 8), (byte)(number >> 16), (byte)(number >> 24)];

    private Task CommandAsync(byte[] command, CancellationToken cancellationToken)
    {
        _head[3] = 255; // A command begins the count of packets anew.
        return SendAsync(command, cancellationToken);
    }

    private Task SendAsync(byte[] packet, CancellationToken cancellationToken) =>
        _network.WriteAsync((byte[])[.. Bytes((uint)packet.Length)[..3], (byte)(_head[3] + 1), .. packet], cancellationToken).AsTask();

    private async Task<byte[]> AnswerAsync(CancellationToken cancellationToken) => (await PacketAsync(cancellationToken)).Packet.ToArray();

    // The beginning of a packet, and its whole length. What is longer than a mebibyte, or comes in parts, is read no further, and nothing after it.
    private async Task<(ReadOnlyMemory<byte> Packet, int Length)> PacketAsync(CancellationToken cancellationToken)
    {
        await _input.ReadExactlyAsync(_head, cancellationToken);
        int length = (int)new PacketReader(_head).Number(3);
        int read = length > LongestRead ? Kept : length;
        if (read > _packet.Length)
            _packet = new byte[LongestRead];
        await _input.ReadExactlyAsync(_packet.AsMemory(0, read), cancellationToken);
        BytesRead += read;
        _isCut = read < length;
        ReadOnlyMemory<byte> packet = _packet.AsMemory(0, read);
        return packet.Span is [0xFF, ..] ? throw Refusal(packet.Span[1..]) : (packet, length);
    }

    internal static MySqlRefusedException Refusal(ReadOnlySpan<byte> packet)
    {
        PacketReader reader = new(packet);
        int code = (int)reader.Number(2);
        // A marker and five characters of the SQL state, once the server knows that its client speaks the newer protocol.
        if (reader.Rest is [(byte)'#', ..])
            reader.Take(6);
        return new(code, Encoding.UTF8.GetString(reader.Rest));
    }
}
