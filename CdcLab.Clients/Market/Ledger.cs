using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace CdcLab.Clients.Market;

/// <summary>One line of the market's ledger: a commit that MySQL acknowledged, or a start of the simulator.</summary>
public sealed record LedgerEntry
{
    public required LedgerKind Kind { get; init; }
    /// <summary>The time that the transaction wrote into its rows (UTC, milliseconds).</summary>
    public required DateTime At { get; init; }
    /// <summary>The order; 0 in purges and starts, and left out of their lines.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public long OrderId { get; init; }
    /// <summary>The order's status after the commit, as the database writes it.</summary>
    public string? Status { get; init; }
    /// <summary>Quantity and price of the order (insert) or of the execution (execute).</summary>
    public int? Quantity { get; init; }
    public decimal? Price { get; init; }
    /// <summary>Executed quantity of the whole order after the commit.</summary>
    public int? Executed { get; init; }
    public long? ExecutionId { get; init; }
    public long? UserId { get; init; }
    public string? Symbol { get; init; }
    public string? OrderType { get; init; }
    public IReadOnlyList<long>? OrderIds { get; init; }
    /// <summary>The line's number in the whole ledger, from 1; null in one that was begun before lines had numbers.</summary>
    public long? Line { get; init; }
    /// <summary>With a start: the earliest time that a transaction can have which the simulator before it committed without writing its line.</summary>
    public DateTime? Since { get; init; }
}

/// <summary>What a commit of the market did.</summary>
public enum LedgerKind
{
    Insert,
    Execute,
    Cancel,
    /// <summary>Finished orders are about to be deleted. Written before the commit: rows whose deletion was never acknowledged do not count as lost.</summary>
    Purging,
    Purge,
    /// <summary>A simulator starts. The one before may have been killed between commits and their lines.</summary>
    Start,
}

/// <summary>The file format of a ledger entry: one line of JSON.</summary>
public static class LedgerLine
{
    /// <exception cref="JsonException">The line is not a ledger entry.</exception>
    public static LedgerEntry Read(ReadOnlySpan<byte> line) =>
        JsonSerializer.Deserialize(line, LedgerJson.Default.LedgerEntry) ?? throw new JsonException("The line is null.");

    public static void Write(LedgerEntry entry, IBufferWriter<byte> output)
    {
        using (Utf8JsonWriter json = new(output))
            JsonSerializer.Serialize(json, entry, LedgerJson.Default.LedgerEntry);
        output.Write("\n"u8);
    }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [typeof(LedgerKindConverter)])]
[JsonSerializable(typeof(LedgerEntry))]
internal sealed partial class LedgerJson : JsonSerializerContext;

internal sealed class LedgerKindConverter() : JsonStringEnumConverter<LedgerKind>(JsonNamingPolicy.CamelCase, allowIntegerValues: false);

/// <summary>The ledger's folder and the names of its segments.</summary>
public static class LedgerFolder
{
    private const string Prefix = "ledger-";
    private const string Suffix = ".jsonl";

    public static string In(string dataDirectory) => Path.Combine(dataDirectory, "ledger");

    public static string Segment(string folder, long number) => Path.Combine(folder, $"{Prefix}{number:D8}{Suffix}");

    public static IReadOnlyList<(long Number, string Path)> Segments(string folder) =>
    [
        .. from path in Directory.Exists(folder) ? Directory.EnumerateFiles(folder, $"{Prefix}*{Suffix}") : []
        let number = long.TryParse(Path.GetFileName(path)[Prefix.Length..^Suffix.Length], NumberStyles.None, null, out long read) ? read : -1
        where number >= 0
        orderby number
        select (number, path),
    ];
}
