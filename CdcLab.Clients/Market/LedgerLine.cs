using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace CdcLab.Clients.Market;

/// <summary>A ledger entry as one line of JSON. The one place that knows the form.</summary>
public static class LedgerLine
{
    /// <summary>Writes one entry, with its end of line.</summary>
    /// <param name="entry">The entry.</param>
    /// <param name="output">Where to.</param>
    public static void Write(LedgerEntry entry, IBufferWriter<byte> output)
    {
        using (Utf8JsonWriter json = new(output))
            JsonSerializer.Serialize(json, entry, LedgerJson.Default.LedgerEntry);
        output.Write("\n"u8);
    }

    /// <summary>Reads one line.</summary>
    /// <param name="line">The line without its end.</param>
    /// <param name="entry">The entry, where the line is one.</param>
    /// <returns>Whether the line is an entry.</returns>
    public static bool TryRead(ReadOnlySpan<byte> line, [NotNullWhen(true)] out LedgerEntry? entry)
    {
        entry = null;
        try
        {
            entry = JsonSerializer.Deserialize(line, LedgerJson.Default.LedgerEntry);
        }
        catch (JsonException)
        {
            return false;
        }

        return entry is not null;
    }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [typeof(LedgerKindConverter)])]
[JsonSerializable(typeof(LedgerEntry))]
internal sealed partial class LedgerJson : JsonSerializerContext;

internal sealed class LedgerKindConverter() : JsonStringEnumConverter<LedgerKind>(JsonNamingPolicy.CamelCase, allowIntegerValues: false);
