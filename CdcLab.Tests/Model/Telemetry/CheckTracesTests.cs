using CdcLab.Verifier.Checks;
using CdcLab.Verifier.Telemetry;

namespace CdcLab.Tests.Model.Telemetry;

[Trait("tier", "model")]
public sealed class CheckTracesTests
{
    [Theory]
    [InlineData("kafka.isr", "kafka.isr")]
    [InlineData("mysql.*", "mysql.log_bin", "mysql.binlog_format")]
    [InlineData("kafka.latency.*", "kafka.latency.a", "kafka.latency.b")]
    [InlineData("kafka.*", "kafka.latency.a", "kafka.probe.lost")]
    public void Check_is_called_by_what_its_ids_share(string name, params string[] ids) => Assert.Equal(name, CheckTraces.NameOf(ids));

    [Fact]
    public async Task Round_is_one_trace_with_a_span_for_each_check_and_what_failed_is_an_error()
    {
        string good = $"good{Guid.NewGuid():N}", bad = $"bad{Guid.NewGuid():N}", fast = $"fast{Guid.NewGuid():N}";
        using Spans spans = new(VerifierFigures.SourceName);
        CheckRunner runner = new(
            [new Fixed(good, p => p.Ok("on")), new Fixed(bad, p => p.Failed("off", "turn it on")), new Fixed(fast, p => p.Unknown("gone", "wait")) { Every = TimeSpan.FromHours(1) }],
            _ => true,
            TimeSpan.FromHours(1),
            TimeProvider.System);
        using CancellationTokenSource stop = new();
        Task running = runner.RunAsync(stop.Token);
        await CdcLab.Tests.Lab.Deadline.WaitAsync(TimeSpan.FromSeconds(10), () => Task.FromResult(spans.Ended), e => e.Any(s => s.DisplayName == "check round" && s.StatusDescription == bad), "the round to end");
        await stop.CancelAsync();
        await running;

        Activity round = spans.Ended.Single(s => s.DisplayName == "check round" && s.StatusDescription == bad);
        Assert.Equal((default, ActivityStatusCode.Error, 1), (round.ParentSpanId, round.Status, round.GetTagItem("cdclab.verdicts.failed")));
        Assert.Equal(new[] { $"check {bad}", $"check {fast}", $"check {good}" }.Order(), spans.Of(round.TraceId).Where(s => s.ParentSpanId == round.SpanId).Select(s => s.DisplayName).Order());
        Activity failed = spans.Ended.Single(s => s.DisplayName == $"check {bad}");
        Assert.Equal((ActivityStatusCode.Error, $"{bad}: off"), (failed.Status, failed.StatusDescription));
        Assert.Contains(failed.Events.Single().Tags, t => t is { Key: "cdclab.verdict.fix", Value: "turn it on" });
        Assert.Equal(ActivityStatusCode.Unset, spans.Ended.Single(s => s.DisplayName == $"check {good}").Status);
    }

    private sealed class Fixed(string id, Func<Promise, Verdict> judge) : ICheck
    {
        private readonly Promise _promise = new(id, "r", "e", "b");

        public TimeSpan? Every { get; init; }

        public IReadOnlyList<Promise> Promises => [_promise];

        public Task<IReadOnlyList<Verdict>> LookAsync(CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<Verdict>>([judge(_promise)]);
    }
}
