using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace CdcLab.Clients.Market;

/// <summary>One line of the market's ledger: a commit that MySQL acknowledged.</summary>
public sealed record LedgerEntry
{
    /// <summary>What the commit did.</summary>
    public required LedgerKind Kind { get; init; }

    /// <summary>The time that the transaction wrote into its rows (UTC, milliseconds).</summary>
    public required DateTime At { get; init; }

    /// <summary>The order; 0 in purges, and left out of their lines.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public long OrderId { get; init; }

    /// <summary>The order's status after the commit, as the database writes it.</summary>
    public string? Status { get; init; }

    /// <summary>Quantity of the order (insert) or of the execution (execute).</summary>
    public int? Quantity { get; init; }

    /// <summary>Price of the order (insert) or of the execution (execute).</summary>
    public decimal? Price { get; init; }

    /// <summary>Executed quantity of the whole order after the commit.</summary>
    public int? Executed { get; init; }

    /// <summary>The execution's row.</summary>
    public long? ExecutionId { get; init; }

    /// <summary>Who ordered (insert).</summary>
    public long? UserId { get; init; }

    /// <summary>What was ordered (insert).</summary>
    public string? Symbol { get; init; }

    /// <summary>BUY or SELL (insert).</summary>
    public string? OrderType { get; init; }

    /// <summary>The deleted orders (purges).</summary>
    public IReadOnlyList<long>? OrderIds { get; init; }
}

/// <summary>What a commit of the market did.</summary>
public enum LedgerKind
{
    /// <summary>An order was placed.</summary>
    Insert,

    /// <summary>A part of an order was executed.</summary>
    Execute,

    /// <summary>An order was cancelled.</summary>
    Cancel,

    /// <summary>Finished orders are about to be deleted. Written before the commit, so that rows whose deletion was never acknowledged do not count as lost.</summary>
    Purging,

    /// <summary>Finished orders and their executions were deleted.</summary>
    Purge,
}

/// <summary>The file format of a ledger entry: one line of JSON.</summary>
public static class LedgerLine
{
    /// <summary>Writes one entry and a line feed.</summary>
    public static void Write(LedgerEntry entry, IBufferWriter<byte> output)
    {
        using (Utf8JsonWriter json = new(output))
            JsonSerializer.Serialize(json, entry, LedgerJson.Default.LedgerEntry);
        output.Write("\n"u8);
    }

    /// <summary>Reads one line without its line feed.</summary>
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
