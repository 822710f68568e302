using CdcLab.ServiceDefaults.Telemetry;

namespace CdcLab.Tests.Model.Telemetry;

[Trait("tier", "model")]
public sealed class MySqlSpansTests
{
    [Fact]
    public void Span_is_named_by_a_summary_of_its_text()
    {
        Activity span = Ended(a => a.SetTag("server.address", "127.0.0.1").SetTag("server.port", 21000).SetTag("db.query.text", "COMMIT"));

        Assert.Equal(("COMMIT", "COMMIT", 21000), (span.DisplayName, span.GetTagItem("db.query.summary"), span.GetTagItem("server.port")));
    }

    [Fact]
    public void Default_port_is_written_out()
    {
        Activity span = Ended(a => a.SetTag("server.address", "127.0.0.1"));

        Assert.Equal(3306, span.GetTagItem("server.port"));
    }

    [Fact]
    public void Long_text_is_cut_and_names_the_span_all_the_same()
    {
        Activity span = Ended(a => a.SetTag("db.query.text", $"DELETE FROM orders WHERE order_id IN ({string.Join(',', Enumerable.Range(0, 5000))})"));

        Assert.Equal("DELETE orders", span.DisplayName);
        Assert.InRange(((string)span.GetTagItem("db.query.text")!).Length, 500, 1010);
    }

    private static Activity Ended(Action<Activity> fill)
    {
        using ActivitySource source = new(MySqlSpans.SourceName);
        using Spans spans = new(MySqlSpans.SourceName);
        using MySqlSpans processor = new();
        Activity span = source.StartActivity("Execute", ActivityKind.Client)!;
        fill(span);
        span.Dispose();
        processor.OnEnd(span);
        return span;
    }
}
