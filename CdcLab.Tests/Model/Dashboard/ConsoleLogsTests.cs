using CdcLab.Model.Live;
using CdcLab.Runtime.Standalone.Dashboard.Wire;
using CdcLab.Tests.Lab;
using CdcLab.Tests.Model.View;
using Grpc.Core;
using Xunit;

namespace CdcLab.Tests.Model.Dashboard;

/// <summary>Console logs over a real connection, from real log files.</summary>
[Trait("tier", "model")]
public sealed class ConsoleLogsTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task History_comes_first_and_then_what_is_written()
    {
        await using ServiceUnderTest service = await ServiceUnderTest.StartAsync();
        service.Control.LogOf("mysql").Append(new LogLine(ShownLab.Start, false, "old"));
        using AsyncServerStreamingCall<WatchResourceConsoleLogsUpdate> call = Follow(service, "mysql");
        List<ConsoleLogLine> lines = [];
        await ReadAsync(call, lines, 1);
        service.Control.LogOf("mysql").Append(new LogLine(ShownLab.Start.AddSeconds(1), true, "new"));
        await ReadAsync(call, lines, 2);
        Assert.Equal(["2026-03-01T08:00:00.000Z old", "2026-03-01T08:00:01.000Z new"], lines.Select(l => l.Text));
        Assert.Equal([false, true], lines.Select(l => l.IsStdErr));
        Assert.Equal([1, 2], lines.Select(l => l.LineNumber));
    }

    [Fact]
    public async Task Without_following_it_ends_after_what_is_there()
    {
        await using ServiceUnderTest service = await ServiceUnderTest.StartAsync();
        service.Control.LogOf("mysql").Append("one");
        using AsyncServerStreamingCall<WatchResourceConsoleLogsUpdate> call = Follow(service, "mysql", follow: false);
        List<ConsoleLogLine> lines = [];
        while (await call.ResponseStream.MoveNext(TestContext.Current.CancellationToken))
            lines.AddRange(call.ResponseStream.Current.LogLines);
        Assert.Single(lines);

        using AsyncServerStreamingCall<WatchResourceConsoleLogsUpdate> cluster = Follow(service, "kafka", follow: false);
        Assert.False(await cluster.ResponseStream.MoveNext(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_server_that_is_not_there_yet_is_waited_for()
    {
        await using ServiceUnderTest service = await ServiceUnderTest.StartAsync(states: []);
        using AsyncServerStreamingCall<WatchResourceConsoleLogsUpdate> call = Follow(service, "mysql");
        service.Control.LogOf("mysql").Append("there");
        service.Control.Add(ShownLab.Running("mysql"));
        List<ConsoleLogLine> lines = [];
        await ReadAsync(call, lines, 1);
        Assert.EndsWith(" there", lines[0].Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_resource_that_does_not_exist_is_not_found()
    {
        await using ServiceUnderTest service = await ServiceUnderTest.StartAsync();
        using AsyncServerStreamingCall<WatchResourceConsoleLogsUpdate> call = Follow(service, "../secrets");
        Assert.Equal(StatusCode.NotFound, (await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext(TestContext.Current.CancellationToken))).StatusCode);
    }

    [Fact]
    public async Task Lines_of_a_megabyte_control_characters_and_HTML_do_no_harm()
    {
        await using ServiceUnderTest service = await ServiceUnderTest.StartAsync();
        for (int i = 0; i < 300; i++)
            service.Control.LogOf("kafka-1").Append(new string((char)('a' + (i % 26)), 1024 * 1024));
        service.Control.LogOf("kafka-1").Append("\u001b[2J\u0000<img src=x onerror=alert(1)>");
        using AsyncServerStreamingCall<WatchResourceConsoleLogsUpdate> call = Follow(service, "kafka-1");
        List<ConsoleLogLine> lines = [];
        await ReadAsync(call, lines, until: l => l.Text.Contains("<img", StringComparison.Ordinal));
        Assert.All(lines, l => Assert.InRange(l.Text.Length, 1, 17 * 1024));
        Assert.EndsWith("\u241b[2J\u2400<img src=x onerror=alert(1)>", lines[^1].Text, StringComparison.Ordinal);
        Assert.Equal(Enumerable.Range(1, lines.Count), lines.Select(l => l.LineNumber));
    }

    [Fact]
    public async Task Long_histories_come_in_pieces_that_any_client_takes()
    {
        await using ServiceUnderTest service = await ServiceUnderTest.StartAsync();
        for (int i = 0; i < 2_500; i++)
            service.Control.LogOf("mysql").Append($"{i} {new string('\u20ac', 500)}");
        using AsyncServerStreamingCall<WatchResourceConsoleLogsUpdate> call = Follow(service, "mysql", follow: false);
        int lines = 0;
        while (await call.ResponseStream.MoveNext(TestContext.Current.CancellationToken))
        {
            Assert.InRange(call.ResponseStream.Current.CalculateSize(), 1, 2 * 1024 * 1024);
            Assert.InRange(call.ResponseStream.Current.LogLines.Count, 1, 1_000);
            lines += call.ResponseStream.Current.LogLines.Count;
        }

        Assert.Equal(2_500, lines);
    }

    [Fact]
    public async Task A_reader_that_is_too_slow_misses_lines_is_told_so_and_holds_nobody_up()
    {
        await using ServiceUnderTest service = await ServiceUnderTest.StartAsync();
        service.Control.LogOf("mysql").Append("first");
        using AsyncServerStreamingCall<WatchResourceConsoleLogsUpdate> slow = Follow(service, "mysql");
        List<ConsoleLogLine> lines = [];
        await ReadAsync(slow, lines, 1);
        string padding = new('x', 2_000);

        // Far more than all buffers between here and there hold; the writer must not notice.
        for (int i = 0; i < 20_000; i++)
            service.Control.LogOf("mysql").Append($"{i} {padding}");
        service.Control.LogOf("mysql").Append("last");
        await ReadAsync(slow, lines, until: l => l.Text.EndsWith(" last", StringComparison.Ordinal));
        Assert.Contains(lines, l => l.Text.Contains("lines are left out: this reader was too slow", StringComparison.Ordinal));
        Assert.InRange(lines.Count, 2, 19_000);
    }

    [Fact]
    public async Task A_reader_that_goes_away_leaves_nothing_behind()
    {
        await using ServiceUnderTest service = await ServiceUnderTest.StartAsync();
        service.Control.LogOf("mysql").Append("first");
        for (int i = 0; i < 5; i++)
        {
            using AsyncServerStreamingCall<WatchResourceConsoleLogsUpdate> call = Follow(service, "mysql");
            await ReadAsync(call, [], 1);
        }

        await Deadline.WaitAsync(Limit, () => Task.FromResult(service.Control.LogOf("mysql").Followers), followers => followers == 0, "all readers to be gone");
        Assert.Empty(service.Said);
    }

    private static AsyncServerStreamingCall<WatchResourceConsoleLogsUpdate> Follow(ServiceUnderTest service, string name, bool follow = true) =>
        service.Client.WatchResourceConsoleLogs(new() { ResourceName = name, SuppressFollow = !follow }, service.Options());

    private static Task ReadAsync(AsyncServerStreamingCall<WatchResourceConsoleLogsUpdate> call, List<ConsoleLogLine> lines, int count) => ReadAsync(call, lines, _ => lines.Count >= count);

    private static async Task ReadAsync(AsyncServerStreamingCall<WatchResourceConsoleLogsUpdate> call, List<ConsoleLogLine> lines, Func<ConsoleLogLine, bool> until)
    {
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Limit);
        while (lines.Count == 0 || !until(lines[^1]))
        {
            Assert.True(await call.ResponseStream.MoveNext(limit.Token), "The stream has ended.");
            lines.AddRange(call.ResponseStream.Current.LogLines);
        }
    }
}
