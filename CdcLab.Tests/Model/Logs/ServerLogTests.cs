using CdcLab.Model.Live;
using CdcLab.Runtime.Standalone.Processes;
using CdcLab.Tests.Model.Fetching;
using FsCheck.Xunit;
using Xunit;

namespace CdcLab.Tests.Model.Logs;

[Trait("tier", "model")]
public sealed class ServerLogTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Reader_who_follows_gets_the_files_lines_first_then_the_new_ones_each_once()
    {
        using ServerLog log = new(_folder.Below("a.log"));
        log.Append("before");
        using CancellationTokenSource limit = new(TimeSpan.FromSeconds(20));
        List<LogLine> seen = [];
        await foreach (IReadOnlyList<LogLine> piece in log.FollowAsync(100, follow: true, limit.Token))
        {
            seen.AddRange(piece);
            if (seen.Count == 1)
                log.Append("after", isError: true);
            else
                log.Dispose();
        }

        Assert.Equal([("before", false), ("after", true)], seen.Select(l => (l.Text, l.IsError)));
        Assert.All(seen, l => Assert.InRange(l.At, DateTimeOffset.UtcNow.AddMinutes(-1), DateTimeOffset.UtcNow));
    }

    [Fact]
    public async Task History_spans_a_rotation_and_the_run_of_an_earlier_host()
    {
        using (ServerLog earlier = new(_folder.Below("a.log"), capBytes: 2_000))
        {
            for (int i = 0; i < 30; i++)
                earlier.Append($"line {i:00}");
        }

        using ServerLog log = new(_folder.Below("a.log"), capBytes: 2_000);
        log.Append("line 30");
        Assert.True(File.Exists(_folder.Below("a.log.1")));
        List<string> texts = [.. (await ReadAsync(log, 5)).Select(l => l.Text)];
        Assert.Equal(["line 26", "line 27", "line 28", "line 29", "line 30"], texts);
        Assert.InRange(_folder.Below("a.log").Length, 1, 2_000);
    }

    [Fact]
    public async Task Reader_who_is_too_slow_is_told_how_many_lines_he_missed()
    {
        using ServerLog log = new(_folder.Below("a.log"));
        log.Append("first");
        await using IAsyncEnumerator<IReadOnlyList<LogLine>> reader = log.FollowAsync(10, follow: true, TestContext.Current.CancellationToken).GetAsyncEnumerator(TestContext.Current.CancellationToken);
        Assert.True(await reader.MoveNextAsync());
        for (int i = 0; i < 5_000; i++)
            log.Append("x");
        Assert.True(await reader.MoveNextAsync());
        Assert.Equal(2_001, reader.Current.Count);
        Assert.StartsWith("(3000 lines are left out", reader.Current[0].Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Line_of_a_megabyte_is_cut_and_says_so()
    {
        string text = new string('a', 1024 * 1024) + "\r\nshort\n" + new string('b', BoundedLines.Limit) + "\nopen end";
        List<string> lines = [];
        await foreach (string line in BoundedLines.ReadAsync(new StringReader(text), TestContext.Current.CancellationToken))
            lines.Add(line);
        Assert.Equal(4, lines.Count);
        Assert.Equal(new string('a', BoundedLines.Limit) + $" ... ({(1024 * 1024) - BoundedLines.Limit + 1} more characters are cut off)", lines[0]);
        Assert.Equal("short", lines[1]);
        Assert.Equal(new string('b', BoundedLines.Limit), lines[2]);
        Assert.Equal("open end", lines[3]);
    }

    [Property]
    public void Line_of_a_log_file_is_read_back_as_it_was_written(DateTime at, bool isError, FsCheck.NonNull<string> text)
    {
        DateTimeOffset time = new(at.Ticks - (at.Ticks % TimeSpan.TicksPerMillisecond), TimeSpan.Zero);
        LogLine line = new(time, isError, text.Get);
        Assert.Equal(line, LogFileLine.Read(LogFileLine.Write(line), DateTimeOffset.UnixEpoch));
    }

    [Fact]
    public void Line_of_an_older_form_is_its_own_text()
        => Assert.Equal("[2026-11-25 07:00:00] INFO hello", LogFileLine.Read("[2026-11-25 07:00:00] INFO hello", DateTimeOffset.UnixEpoch).Text);

    [Fact]
    public void Secrets_are_taken_out_of_arguments_and_variables()
    {
        SecretMask mask = new(["hunter2"]);
        LaunchDetails shown = mask.Mask(new()
        {
            Arguments = [new("--port=1"), new("--init=hunter2"), new("hunter2"), new("--api-key=abc"), new("plain")],
            Environment = [new("Lab__Passwords__X", "abc"), new("A", "x hunter2 y"), new("B", "plain"), new("OTEL_EXPORTER_OTLP_HEADERS", "k=v")],
        });
        Assert.Equal(["--port=1", "--init=(secret)", "(secret)", "--api-key=(secret)", "plain"], shown.Arguments.Select(a => a.Text));
        Assert.Equal(["(secret)", "(secret)", "plain", "(secret)"], shown.Environment.Select(v => v.Value));
        Assert.Equal([true, true, false, true], shown.Environment.Select(v => v.IsSecret));
    }

    private static async Task<List<LogLine>> ReadAsync(ServerLog log, int history)
    {
        List<LogLine> seen = [];
        await foreach (IReadOnlyList<LogLine> piece in log.FollowAsync(history, follow: false, TestContext.Current.CancellationToken))
            seen.AddRange(piece);
        return seen;
    }
}
