using System.Text.Json;

namespace CdcLab.Verifier.Cdc;

internal enum ChangeKind
{
    Insert,
    Update,
    Delete,
    /// <summary>A row as a snapshot found it.</summary>
    Snapshot,
    /// <summary>The empty message after a delete.</summary>
    Tombstone,
}

/// <summary>One change of a row, as Debezium's connector writes it with this lab's settings: prices as text, times as milliseconds since 1970.</summary>
/// <param name="Order">The row after the change of an order, or before its deletion; null for an execution and for a tombstone.</param>
/// <param name="Execution">The same for an execution.</param>
/// <param name="Before">Whether the row before the change came with it.</param>
/// <param name="SourceAt">When MySQL wrote it, by the event's <c>source.ts_ms</c>; null for a tombstone.</param>
/// <param name="ConnectorAt">When the connector had it, by the event's <c>ts_ms</c>; null for a tombstone.</param>
internal sealed record ChangeEvent(ChangeKind Kind, bool IsOrder, long Id, OrderRow? Order, ExecutionRow? Execution, bool Before, DateTime? SourceAt, DateTime? ConnectorAt)
{
    /// <summary>The row before the UPDATE of an order; null for anything else.</summary>
    public OrderRow? OrderBefore { get; init; }

    /// <summary>The last event of a snapshot.</summary>
    public bool IsLastOfSnapshot { get; init; }

    /// <summary>The time in the row that the change itself wrote; null where there is none.</summary>
    public DateTime? At => Kind is ChangeKind.Delete or ChangeKind.Tombstone ? null : Order?.UpdatedAt ?? Execution?.At;

    /// <exception cref="FormatException">It is not such an event: what is wrong, in words.</exception>
    public static ChangeEvent Read(bool isOrder, ReadOnlyMemory<byte> key, ReadOnlyMemory<byte> value)
    {
        try
        {
            using JsonDocument keyJson = JsonDocument.Parse(key);
            long id = keyJson.RootElement.GetProperty(isOrder ? "order_id" : "execution_id").GetInt64();
            if (value.IsEmpty)
                return new(ChangeKind.Tombstone, isOrder, id, null, null, Before: false, null, null);
            using JsonDocument json = JsonDocument.Parse(value);
            JsonElement root = json.RootElement, source = root.GetProperty("source");
            ChangeKind kind = root.GetProperty("op").GetString() switch
            {
                "c" => ChangeKind.Insert,
                "u" => ChangeKind.Update,
                "d" => ChangeKind.Delete,
                "r" => ChangeKind.Snapshot,
                var other => throw new FormatException($"its op is {other ?? "null"}"),
            };
            JsonElement before = root.GetProperty("before"), row = kind == ChangeKind.Delete ? before : root.GetProperty("after");
            if (row.ValueKind != JsonValueKind.Object)
                throw new FormatException($"an event of kind {kind} without its row");
            return new(
                kind,
                isOrder,
                id,
                isOrder ? OrderOf(row) : null,
                isOrder ? null : ExecutionOf(row),
                before.ValueKind == JsonValueKind.Object,
                Time(source, "ts_ms"),
                Time(root, "ts_ms"))
            {
                OrderBefore = isOrder && kind == ChangeKind.Update && before.ValueKind == JsonValueKind.Object ? OrderOf(before) : null,
                IsLastOfSnapshot = source.TryGetProperty("snapshot", out JsonElement snapshot) && snapshot.ToString() == "last",
            };
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new FormatException(e.Message, e);
        }
    }

    private static OrderRow OrderOf(JsonElement row) => new(
        Number(row, "order_id"), Number(row, "user_id"), Text(row, "symbol"), Text(row, "order_type"), Number(row, "quantity"), Price(row), Text(row, "status"), Time(row, "created_at"), Time(row, "updated_at"));

    private static ExecutionRow ExecutionOf(JsonElement row) => new(Number(row, "execution_id"), Number(row, "order_id"), Number(row, "quantity"), Price(row), Time(row, "executed_at"));

    private static long Number(JsonElement row, string column) =>
        Column(row, column) is { ValueKind: JsonValueKind.Number } value && value.TryGetInt64(out long number) ? number : throw Not(row, column, "a whole number");

    private static string Text(JsonElement row, string column) => Column(row, column) is { ValueKind: JsonValueKind.String } value ? value.GetString()! : throw Not(row, column, "a text");

    // decimal.handling.mode=string; precise would be base64, and double a number that may have lost digits.
    private static decimal Price(JsonElement row) =>
        Column(row, "price") is { ValueKind: JsonValueKind.String } value && decimal.TryParse(value.GetString(), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal price)
            ? price
            : throw Not(row, "price", "a decimal number as text");

    private static DateTime Time(JsonElement row, string column) =>
        Column(row, column) is { ValueKind: JsonValueKind.Number } value && value.TryGetInt64(out long milliseconds) && milliseconds is > 0 and < 253_402_300_800_000
            ? DateTime.UnixEpoch.AddMilliseconds(milliseconds)
            : throw Not(row, column, "milliseconds since 1970");

    private static JsonElement Column(JsonElement row, string column) => row.TryGetProperty(column, out JsonElement value) ? value : throw new FormatException($"{column} is missing");

    private static FormatException Not(JsonElement row, string column, string wanted) => new($"{column} is {row.GetProperty(column).GetRawText()}, which is not {wanted}");
}
