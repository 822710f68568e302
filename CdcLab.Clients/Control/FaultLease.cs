using System.Text;

namespace CdcLab.Clients.Control;

/// <summary>A fault that is in effect. The open answer of the host is the lease: when it is closed, for whatever reason, the host undoes the fault.</summary>
public sealed class FaultLease : IAsyncDisposable
{
    private readonly HttpResponseMessage _response;
    private readonly Stream _stream;

    private FaultLease(HttpResponseMessage response, Stream stream, string resource)
    {
        _response = response;
        _stream = stream;
        Resource = resource;
    }

    /// <summary>What is broken.</summary>
    public string Resource { get; }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stream.DisposeAsync();
        _response.Dispose();
    }

    internal static async Task<FaultLease> OpenAsync(HttpResponseMessage response, string resource, CancellationToken cancellationToken)
    {
        Stream stream = await response.Content.ReadAsStreamAsync(cancellationToken);
        string line = await LineAsync(stream, cancellationToken);
        if (!line.Replace(" ", "", StringComparison.Ordinal).Contains("\"granted\":true", StringComparison.Ordinal))
            throw new ControlException(line.Length == 0 ? $"The host ended the lease on {resource} before the fault was in effect." : $"The host did not grant the lease on {resource}: {line}");
        return new(response, stream, resource);
    }

    /// <summary>Byte by byte: a reader that buffers would read on into what is never sent.</summary>
    private static async Task<string> LineAsync(Stream stream, CancellationToken cancellationToken)
    {
        const int Longest = 4096;
        List<byte> line = [];
        byte[] one = new byte[1];
        while (line.Count < Longest && await stream.ReadAsync(one, cancellationToken) == 1 && one[0] != (byte)'\n')
            line.Add(one[0]);
        return Encoding.UTF8.GetString([.. line]);
    }
}
