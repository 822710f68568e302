using CdcLab.ServiceDefaults.Telemetry;

namespace CdcLab.Tests.Model.Telemetry;

[Trait("tier", "model")]
public sealed class MySqlSpansTests
{
    [Fact]
    public void Older_names_become_todays_and_the_connection_string_goes()
    {
        Activity span = Ended(a => a
            .SetTag("db.system", "mysql").SetTag("net.peer.name", "127.0.0.1").SetTag("net.peer.port", "3306")
            .SetTag("db.connection_string", "Server=127.0.0.1").SetTag("db.user", "simulator").SetTag("db.statement", "COMMIT"));

        Assert.Equal("COMMIT", span.DisplayName);
        Assert.Equal("127.0.0.1", span.GetTagItem("server.address"));
        Assert.Equal(3306, span.GetTagItem("server.port"));
        Assert.Equal("mysql", span.GetTagItem("db.system.name"));
        Assert.Equal("COMMIT", span.GetTagItem("db.query.text"));
        Assert.All(["db.connection_string", "db.user", "db.statement", "net.peer.name"], name => Assert.Null(span.GetTagItem(name)));
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
