using CdcLab.Verifier.Cdc;

namespace CdcLab.Tests.Model.Verifier.Cdc;

/// <summary>Events as Debezium 3.5 writes them with the lab's settings, taken from a running lab.</summary>
[Trait("tier", "model")]
public sealed class ChangeEventTests
{
    private const string Source = """{"version":"3.5.0.Final","connector":"mysql","name":"lab","ts_ms":1796008589158,"snapshot":"false","db":"cdclab","table":"orders","server_id":1}""";
    private const string Row = """{"order_id":5404,"user_id":7065,"symbol":"005930","order_type":"BUY","quantity":31,"price":"55500.00","status":"PARTIAL","created_at":1796008588961,"updated_at":1796008589146}""";

    [Fact]
    public void An_update_has_its_row_to_the_millisecond_and_the_cent()
    {
        ChangeEvent read = Read($$"""{"before":{{Row}},"after":{{Row}},"source":{{Source}},"op":"u","ts_ms":1796008589163}""");

        Assert.Equal((ChangeKind.Update, 5404, true), (read.Kind, read.Id, read.Before));
        Assert.Equal((7065, "005930", "BUY", 31, 55500.00m, "PARTIAL"), (read.Order!.UserId, read.Order.Symbol, read.Order.OrderType, read.Order.Quantity, read.Order.Price, read.Order.Status));
        Assert.Equal(new DateTime(2026, 11, 30, 3, 16, 28, 961, DateTimeKind.Utc), read.Order.CreatedAt);
        Assert.Equal(new DateTime(2026, 11, 30, 3, 16, 29, 146, DateTimeKind.Utc), read.At);
        Assert.Equal(5, (read.ConnectorAt - read.SourceAt)!.Value.TotalMilliseconds);
    }

    [Fact]
    public void A_delete_has_the_row_before_it_and_no_time_of_its_own()
    {
        ChangeEvent read = Read($$"""{"before":{{Row}},"after":null,"source":{{Source}},"op":"d","ts_ms":1796008589163}""");

        Assert.Equal((ChangeKind.Delete, true, null), (read.Kind, read.Before, read.At));
        Assert.Equal(ChangeKind.Tombstone, ChangeEvent.Read(isOrder: true, """{"order_id":5404}"""u8.ToArray(), default).Kind);
    }

    [Fact]
    public void An_execution_of_a_snapshot_is_read()
    {
        const string Execution = """{"execution_id":7422,"order_id":5433,"quantity":3,"price":"55900.00","executed_at":1796008591067}""";
        string value = $$"""{"before":null,"after":{{Execution}},"source":{{Source.Replace("\"false\"", "\"last\"", StringComparison.Ordinal)}},"op":"r","ts_ms":1796008589163}""";

        ChangeEvent read = ChangeEvent.Read(isOrder: false, """{"execution_id":7422}"""u8.ToArray(), Encoding.UTF8.GetBytes(value));

        Assert.Equal((ChangeKind.Snapshot, 7422, true), (read.Kind, read.Id, read.IsLastOfSnapshot));
        Assert.Equal((5433, 3, 55900m), (read.Execution!.Value.OrderId, read.Execution.Value.Quantity, read.Execution.Value.Price));
    }

    [Theory]
    [InlineData("\"55500.00\"", "\"VK8g\"", "price is \"VK8g\", which is not a decimal number as text")]
    [InlineData("\"55500.00\"", "55500.0", "price is 55500.0, which is not a decimal number as text")]
    [InlineData("1796008588961", "\"2026-11-30T03:16:28.961Z\"", "created_at is \"2026-11-30T03:16:28.961Z\", which is not milliseconds since 1970")]
    [InlineData("\"status\":\"PARTIAL\",", "", "status is missing")]
    [InlineData("31", "null", "quantity is null, which is not a whole number")]
    public void What_is_not_the_lab_s_form_is_named(string right, string wrong, string fault)
    {
        string row = Row.Replace(right, wrong, StringComparison.Ordinal);

        FormatException refused = Assert.Throws<FormatException>(() => Read($$"""{"before":null,"after":{{row}},"source":{{Source}},"op":"c","ts_ms":1796008589163}"""));

        Assert.Equal(fault, refused.Message);
    }

    [Theory]
    [InlineData("21", -973932308)]
    [InlineData("foobar", -790332482)]
    [InlineData("a-little-bit-long-string", -985981536)]
    [InlineData("a-little-bit-longer-string", -1486304829)]
    public void Keys_are_hashed_as_Kafka_s_own_tests_have_it(string key, int hash) => Assert.Equal(hash, ChangePartitioner.Murmur2(Encoding.UTF8.GetBytes(key)));

    private static ChangeEvent Read(string value) => ChangeEvent.Read(isOrder: true, """{"order_id":5404}"""u8.ToArray(), Encoding.UTF8.GetBytes(value));
}
