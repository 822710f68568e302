using CdcLab.Verifier.Telemetry;

namespace CdcLab.Verifier.Checks;

/// <summary>Runs every check at its own pace, side by side, and keeps the latest verdicts. A check that hangs delays no other.</summary>
internal sealed class CheckRunner(IEnumerable<ICheck> checks, Func<Promise, bool> isPossible, TimeSpan interval, TimeProvider time)
{
    /// <summary>A verdict that is older than so many of its intervals says nothing any more.</summary>
    public const int Intervals = 3;

    private readonly Slot[] _slots = [.. checks.Select(check => new Slot(check))];

    public static TimeSpan TimeLimit { get; } = TimeSpan.FromSeconds(3);

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        Task rounds = Task.CompletedTask;
        IEnumerable<Task> paced = _slots.Where(s => s.Check.Every is not null).Select(s => RepeatAsync(s.Check.Every!.Value, () => LookAsync(s, cancellationToken)));
        await Task.WhenAll(paced.Append(RepeatAsync(interval, BeginRoundAsync)));
        await rounds.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

        // A round does not wait for the one before: a check that still hangs there is joined, and delays no other.
        async Task BeginRoundAsync()
        {
            if (rounds.IsCompleted)
                await rounds;
            rounds = Task.WhenAll(rounds, RoundAsync(cancellationToken));
        }

        async Task RepeatAsync(TimeSpan every, Func<Task> look)
        {
            using PeriodicTimer timer = new(every, time);
            try
            {
                do
                    await look();
                while (await timer.WaitForNextTickAsync(cancellationToken));
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                // The verifier is stopping.
            }
        }
    }

    public Task LookAsync(CancellationToken cancellationToken) => Task.WhenAll(_slots.Select(slot => LookAsync(slot, cancellationToken)));

    /// <summary>The latest verdicts, in the order of the checks. What was not looked at for too long is unknown.</summary>
    public IReadOnlyList<Verdict> Latest() => [.. _slots.SelectMany(Latest)];

    private IEnumerable<Verdict> Latest(Slot slot)
    {
        Promise[] possible = [.. slot.Promises.Where(isPossible)];
        if (slot.Latest is not { } look)
            return possible.Select(p => p.Unknown("It was not looked at yet.", "Wait for the first round of checks."));
        TimeSpan age = time.GetElapsedTime(look.Ended);
        return age <= Intervals * (slot.Check.Every ?? interval)
            ? look.Verdicts.Where(v => possible.Any(p => p.Id == v.Id)).Select(v => v with { AgeSeconds = Math.Round(age.TotalSeconds, 1) })
            : possible.Select(p => p.Unknown($"It was last looked at {age.TotalSeconds:F0} s ago.", "See the verifier's log."));
    }

    private async Task RoundAsync(CancellationToken cancellationToken)
    {
        using Activity? trace = CheckTraces.Round();
        await Task.WhenAll(_slots.Where(s => s.Check.Every is null).Select(slot => LookAsync(slot, cancellationToken)));
        // What looks at its own pace is told with the round, and not looked at for it.
        foreach (Slot slot in _slots.Where(s => s.Check.Every is not null))
        {
            using Activity? span = CheckTraces.Check(slot.Ids);
            CheckTraces.Judged(span, slot.Latest?.Verdicts ?? [], each: true);
        }

        CheckTraces.Judged(trace, Latest(), each: false);
    }

    private async Task LookAsync(Slot slot, CancellationToken cancellationToken)
    {
        if (!slot.Promises.Any(isPossible))
            return;
        using Activity? trace = CheckTraces.Check(slot.Ids);
        Task<IReadOnlyList<Verdict>> task = slot.Start(time, cancellationToken);
        try
        {
            // A check that does not heed its token must not hold anything up either: its task is left running, and no second one is started beside it.
            IReadOnlyList<Verdict> found = await task.WaitAsync(TimeLimit + TimeSpan.FromMilliseconds(200), time, cancellationToken);
            slot.Keep(time, p => found.FirstOrDefault(v => v.Id == p.Id) ?? p.Unknown("The check gave no verdict on it.", "See the verifier's log."));
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            (string because, string fix) = Explain(e);
            CannotLookException? known = e as CannotLookException;
            slot.Keep(time, p => p.Unknown(because, fix, known?.Needs) with { Follows = [.. p.Follows, .. known?.Follows ?? []] });
        }

        CheckTraces.Judged(trace, slot.Latest?.Verdicts ?? [], each: true);
    }

    /// <summary>Words for a person; never a type's name, never a stack.</summary>
    private static (string Because, string Fix) Explain(Exception exception)
    {
        const string Fix = "See the state of the server and its log in the dashboard.";
        return exception switch
        {
            CannotLookException e => (e.Message, e.Fix),
            TimeoutException or OperationCanceledException => ($"There was no answer within {TimeLimit.TotalSeconds:F0} s.", Fix),
            _ when Unreachable.Is(exception) => ($"What was asked {Unreachable.Words(exception)}.", Fix),
            _ => (exception.Message.Split('\n', 2)[0].TrimEnd(), Fix),
        };
    }

    private sealed record Look(long Ended, IReadOnlyList<Verdict> Verdicts);

    private sealed class Slot(ICheck check)
    {
        private readonly Lock _gate = new();
        private Task<IReadOnlyList<Verdict>>? _running;
        private volatile Look? _latest;

        public ICheck Check => check;

        public IReadOnlyList<Promise> Promises { get; } = check.Promises;

        public IReadOnlyList<string> Ids { get; } = [.. check.Promises.Select(p => p.Id)];

        public Look? Latest => _latest;

        public void Keep(TimeProvider time, Func<Promise, Verdict> judge)
        {
            DateTimeOffset now = time.GetUtcNow();
            _latest = new(time.GetTimestamp(), [.. Promises.Select(p => judge(p) with { LookedAt = now })]);
        }

        /// <summary>Starts a look, or joins the one that still runs.</summary>
        public Task<IReadOnlyList<Verdict>> Start(TimeProvider time, CancellationToken cancellationToken)
        {
            lock (_gate)
                return _running is { IsCompleted: false } running ? running : _running = Task.Run(LimitedAsync, cancellationToken);

            async Task<IReadOnlyList<Verdict>> LimitedAsync()
            {
                using CancellationTokenSource limit = new(TimeLimit, time);
                using CancellationTokenSource both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
                return await check.LookAsync(both.Token);
            }
        }
    }
}
