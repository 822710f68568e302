using System.Net.Sockets;
using CdcLab.Verifier.Checks;
using Microsoft.Extensions.Time.Testing;

namespace CdcLab.Tests.Model.Verifier;

[Trait("tier", "model")]
public sealed class CheckRunnerTests
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task Verdict_is_kept_as_it_was_given()
    {
        CheckRunner runner = Runner(new FakeCheck("a", (p, _) => Task.FromResult(p.Failed("off", "turn it on"))));

        Verdict before = Assert.Single(runner.Latest());
        await LookAsync(runner);
        Verdict after = Assert.Single(runner.Latest());

        Assert.Equal(Outcome.Unknown, before.Outcome);
        Assert.Equal((Outcome.Failed, "off", "turn it on", "expected of a"), (after.Outcome, after.Actual, after.Fix, after.Expected));
    }

    [Fact]
    public async Task Hung_check_is_unknown_after_the_limit_delays_no_other_and_is_not_started_twice()
    {
        TaskCompletionSource never = new();
        FakeCheck hung = new("hung", async (p, _) =>
        {
            await never.Task;
            return p.Ok("at last");
        });
        CheckRunner runner = Runner(hung, new FakeCheck("quick", (p, _) => Task.FromResult(p.Ok("on"))));

        Task look = LookAsync(runner);
        await UntilAsync(() => Of(runner, "quick").Outcome == Outcome.Ok);
        Assert.False(look.IsCompleted);
        await PassAsync(look, CheckRunner.TimeLimit + TimeSpan.FromSeconds(1));

        Assert.Equal(Outcome.Unknown, Of(runner, "hung").Outcome);
        Assert.Contains("no answer within 3 s", Of(runner, "hung").Because, StringComparison.Ordinal);

        await PassAsync(LookAsync(runner), CheckRunner.TimeLimit + TimeSpan.FromSeconds(1));
        Assert.Equal(1, hung.Looks);

        never.SetResult();
        await UntilAsync(() => hung.Done == 1);
        await PassAsync(LookAsync(runner), TimeSpan.FromSeconds(1));
        Assert.Equal(Outcome.Ok, Of(runner, "hung").Outcome);
    }

    [Fact]
    public async Task Check_is_told_when_its_time_is_over()
    {
        CheckRunner runner = Runner(new FakeCheck("a", async (p, end) =>
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, end);
            return p.Ok("never");
        }));

        await PassAsync(LookAsync(runner), CheckRunner.TimeLimit + TimeSpan.FromSeconds(1));

        Assert.Contains("no answer within 3 s", Assert.Single(runner.Latest()).Because, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Exception_is_unknown_in_plain_words_never_a_stack()
    {
        CheckRunner runner = Runner(
            new FakeCheck("refused", (_, _) => throw new SocketException((int)SocketError.ConnectionRefused)),
            new FakeCheck("told", (_, _) => throw new CannotLookException("MySQL is gone.", "start mysql")),
            new FakeCheck("bug", (_, _) => throw new InvalidOperationException("line one\n   at Some.Method()")));

        await LookAsync(runner);

        Assert.All(runner.Latest(), v =>
        {
            Assert.Equal(Outcome.Unknown, v.Outcome);
            Assert.Null(v.Actual);
            Assert.False(string.IsNullOrWhiteSpace(v.Fix));
            Assert.DoesNotContain("Exception", v.Because, StringComparison.Ordinal);
            Assert.DoesNotContain("\n", v.Because, StringComparison.Ordinal);
        });
        Assert.Contains("refused the connection", Of(runner, "refused").Because, StringComparison.Ordinal);
        Assert.Equal(("MySQL is gone.", "start mysql"), (Of(runner, "told").Because, Of(runner, "told").Fix));
        Assert.Equal("line one", Of(runner, "bug").Because);
    }

    [Fact]
    public async Task Check_without_a_verdict_is_unknown()
    {
        CheckRunner runner = Runner(new FakeCheck("a", (_, _) => Task.FromResult(new Promise("other", "r", "e", "b").Ok("x"))));

        await LookAsync(runner);

        Assert.Equal(Outcome.Unknown, Assert.Single(runner.Latest()).Outcome);
    }

    [Fact]
    public async Task What_is_not_possible_here_is_neither_looked_at_nor_judged()
    {
        FakeCheck impossible = new("memory.caps", (p, _) => Task.FromResult(p.Ok("x")));
        CheckRunner runner = new([impossible, new FakeCheck("a", (p, _) => Task.FromResult(p.Ok("x")))], p => p.Id != "memory.caps", Interval, _time);

        await LookAsync(runner);

        Assert.Equal("a", Assert.Single(runner.Latest()).Id);
        Assert.Equal(0, impossible.Looks);
    }

    [Fact]
    public async Task Verdict_that_is_too_old_is_unknown()
    {
        CheckRunner runner = Runner(new FakeCheck("a", (p, _) => Task.FromResult(p.Ok("on"))));
        await LookAsync(runner);

        _time.Advance(3 * Interval);
        Assert.Equal(Outcome.Ok, Assert.Single(runner.Latest()).Outcome);
        _time.Advance(TimeSpan.FromSeconds(1));

        Verdict old = Assert.Single(runner.Latest());
        Assert.Equal(Outcome.Unknown, old.Outcome);
        Assert.Contains("16 s ago", old.Because, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Each_check_is_looked_at_at_its_own_pace()
    {
        FakeCheck slow = new("slow", (p, _) => Task.FromResult(p.Ok("on")));
        FakeCheck quick = new("quick", (p, _) => Task.FromResult(p.Ok("on"))) { Every = TimeSpan.FromSeconds(1) };
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        Task running = Runner(slow, quick).RunAsync(stop.Token);
        await UntilAsync(() => slow.Looks == 1 && quick.Looks == 1);

        for (int second = 1; second <= 4; second++)
        {
            int before = quick.Looks;
            await UntilAsync(() =>
            {
                if (quick.Looks == before)
                    _time.Advance(TimeSpan.FromSeconds(1));
                return quick.Looks > before;
            });
        }

        Assert.True(slow.Looks < quick.Looks, $"slow {slow.Looks}, quick {quick.Looks}");
        await stop.CancelAsync();
        await running;
    }

    private static Verdict Of(CheckRunner runner, string id) => runner.Latest().Single(v => v.Id == id);

    private static Task LookAsync(CheckRunner runner) => runner.LookAsync(TestContext.Current.CancellationToken);

    private CheckRunner Runner(params ICheck[] checks) => new(checks, _ => true, Interval, _time);

    /// <summary>Lets time pass until the task has ended.</summary>
    private Task PassAsync(Task task, TimeSpan step) => UntilAsync(() =>
    {
        if (!task.IsCompleted)
            _time.Advance(step / 4);
        return task.IsCompleted;
    });

    private static async Task UntilAsync(Func<bool> condition)
    {
        using CancellationTokenSource late = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        late.CancelAfter(TimeSpan.FromSeconds(20));
        while (!condition())
            await Task.Delay(5, late.Token);
    }

    private sealed class FakeCheck(string id, Func<Promise, CancellationToken, Task<Verdict>> look) : ICheck
    {
        private readonly Promise _promise = new(id, "r", $"expected of {id}", "because");
        private int _looks;
        private int _done;

        public int Looks => Volatile.Read(ref _looks);

        public int Done => Volatile.Read(ref _done);

        public TimeSpan? Every { get; init; }

        public IReadOnlyList<Promise> Promises => [_promise];

        public async Task<IReadOnlyList<Verdict>> LookAsync(CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref _looks);
            Verdict verdict = await look(_promise, cancellationToken);
            Interlocked.Increment(ref _done);
            return [verdict];
        }
    }
}
