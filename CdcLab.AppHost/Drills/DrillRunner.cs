using CdcLab.AppHost.Commands;
using CdcLab.AppHost.Lab;
using CdcLab.AppHost.Programs;
using CdcLab.Clients.Market;
using CdcLab.Clients.Verifier;
using CdcLab.Model.Drills;

namespace CdcLab.AppHost.Drills;

/// <summary>What a drill did, predicted and measured.</summary>
/// <param name="Left">What it could not heal; none where all is well.</param>
/// <param name="Result">What became of the messages; null for a drill of MySQL.</param>
/// <param name="Market">What the market did; null for a drill of Kafka.</param>
internal sealed record DrillOutcome(
    string Drill, string What, int Seed, DateTimeOffset Started, double Seconds, IReadOnlyList<string> Victims, Prediction Prediction, DrillResult? Result, MarketResult? Market, IReadOnlyList<string> Left)
{
    /// <summary>What was done and what happened, in seconds since the messages, or else the drill, began.</summary>
    public IReadOnlyList<DrillMoment> Moments { get; init; } = [];

    /// <summary>The memory of the servers while it ran; none in a file of an older version.</summary>
    public IReadOnlyList<DrillMemory> Memory { get; init; } = [];

    public IReadOnlyList<string> Faults =>
    [
        .. Result?.Faults ?? [],
        .. Market?.Faults ?? [],
        .. Prediction.Required is { } required && Result is { IsJudged: true } && !ErrorsOfOnce.Contains(required)
            ? [$"no client was refused with {required}: it is not proven that writes are refused"]
            : Array.Empty<string>(),
        .. Left,
    ];

    /// <summary>What was not predicted, beside the time; it is no loss.</summary>
    public IReadOnlyList<string> Surprises =>
    [
        .. UnforeseenErrors.Count > 0 ? [$"errors that were not predicted: {string.Join(", ", UnforeseenErrors)}"] : Array.Empty<string>(),
        .. Prediction.IsSteady && Result is { Cluster: [var first, ..] } result
            && result.Cluster.Any(c => !c.Leaders.SequenceEqual(first.Leaders) || !c.InSync.SequenceEqual(first.InSync))
            ? ["a leader or an in-sync set changed, and none was predicted to"]
            : Array.Empty<string>(),
        .. WaitBefore is > MostBefore and var wait ? [$"before the fault messages waited {wait / 1000:0.0} s already: the machine was busy"] : Array.Empty<string>(),
    ];

    // In milliseconds: the median of the last whole second before the fault.
    private double? WaitBefore => Result?.Moments.FirstOrDefault(m => m.What == DrillMoment.Fault) is { } fault
        ? Result.Latencies.LastOrDefault(l => l.Second + 1 <= fault.Seconds)?.P50Milliseconds : null;

    private const double MostBefore = 1000;

    /// <summary>The longest time that a write waited, in seconds; null where it is not known.</summary>
    public double? StallSeconds => Market?.StandstillSeconds ?? Result?.LongestStallSeconds;

    /// <summary>Whether what was measured lies outside of what was predicted. It is no loss.</summary>
    public bool IsMissed => StallSeconds is not { } stall || stall < Prediction.From.TotalSeconds || stall > Prediction.To.TotalSeconds;

    /// <summary>With what clients were refused and what they were not answered with, beyond what was predicted.</summary>
    public IReadOnlyList<string> UnforeseenErrors =>
        [.. ErrorsOfOnce.Except(Prediction.Errors), .. (Result?.Producers ?? []).Where(p => p.Retries).SelectMany(p => p.Errors.Keys).Distinct()];

    // Of the producer that sends nothing again.
    private IEnumerable<string> ErrorsOfOnce => (Result?.Producers ?? []).Where(p => !p.Retries).SelectMany(p => p.Errors.Keys).Distinct();
}

/// <summary>Runs drills, one at a time and only on a lab that is whole, and puts the lab back however one ends.</summary>
internal sealed partial class DrillRunner(
    LabSession lab, VerifierClient verifier, MarketClient market, LabControls controls, ResourceLoggerService loggers, VerdictFeed feed, ResourceWatch watch) : IDisposable
{
    private static readonly TimeSpan Before = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(100);
    private const int SteadyLooks = 10;
    private static readonly TimeSpan SteadyWait = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan SteadyLimit = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Between = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan CompareTime = TimeSpan.FromSeconds(8);
    private static readonly TimeSpan CompareLimit = TimeSpan.FromSeconds(45);
    private static readonly string[] MarketChecks = ["market.invariants", "market.values", "market.ledger", "mysql.binlog.complete", "mysql.binlog.history"];
    private static readonly string[] ChangeChecks = ["cdc.flow", "cdc.values", "cdc.complete", "connect.tasks", "connect.position"];
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan WholeLimit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan WholePause = TimeSpan.FromSeconds(1);
    private readonly CancellationTokenSource _stopping = new();
    private readonly SemaphoreSlim _one = new(1, 1);
    private readonly DrillClient _drills = new(lab.VerifierAddress, lab.Secrets.Token);

    private bool IsLegacy => lab.Programs?.KnownKafka?.IsLegacy == true;

    /// <summary>The settings with which the lab was started.</summary>
    public static DrillSettings Configured(LabOptions options) => new(options.Kafka.SessionTimeout, options.ZooKeeper.TickTime, options.Kafka.ReplicaLagTime);

    /// <summary>Why a drill cannot be run on this lab, whatever its state; null where it can.</summary>
    public string? Refusal(Drill drill) =>
        drill.IsOfChanges && watch.Now.GetValueOrDefault(ResourceNames.Connect) is null or { IsNotStarted: true } ? DebeziumExtensions.WhyNotStarted(lab).TrimEnd('.')
        : IsLegacy && !drill.IsForLegacy ? "it needs Kafka 3.5, and this is the legacy Kafka 0.9" : drill.Refusal(lab.Options, lab.Containers);

    /// <param name="force">Run it on a lab whose checks are not all ok.</param>
    /// <exception cref="DrillException">It may not run now, or could not be brought to its end; the lab is put back.</exception>
    public async Task<DrillOutcome> RunAsync(Drill drill, int seed, CancellationToken cancellationToken, bool force = false)
    {
        if (!await _one.WaitAsync(0, CancellationToken.None))
            throw new DrillException("Another drill is under way: wait until it has ended.");
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _stopping.Token);
        CancellationToken stop = either.Token;
        try
        {
            if (Refusal(drill) is { } refusal)
                throw new DrillException($"{drill.Name} cannot be run here: {refusal}.");
            if (!force)
                await NeedWholeAsync(stop);
            using DrillScene scene = new(_drills, market, controls, lab, new Random(seed), line => Tell(drill, line));
            return await RunAsync(drill, scene, seed, stop);
        }
        catch (OperationCanceledException)
        {
            throw new DrillException($"{drill.Name}: it was interrupted before it broke anything.");
        }
        catch (Exception e) when (e is not DrillException)
        {
            throw new DrillException($"{drill.Name}: {e.Message}");
        }
        finally
        {
            _one.Release();
        }
    }

    // What was healed a moment ago may still show: a slow write stays in the latency's window for 15 s.
    private async Task NeedWholeAsync(CancellationToken stop)
    {
        long began = Stopwatch.GetTimestamp();
        LabReport report;
        while (!(report = await verifier.LookAsync(stop)).IsAllOk)
        {
            if (Stopwatch.GetElapsedTime(began) > WholeLimit)
                throw new DrillException($"A drill needs a lab that is whole; not ok for {WholeLimit.TotalSeconds:0} s: {string.Join(", ", report.Roots().Select(r => r.Id))}.");
            await Task.Delay(WholePause, stop);
        }
    }

    /// <summary>Interrupts the drill that runs, if one does, and waits until it has put the lab back.</summary>
    public async Task StopAsync()
    {
        await _stopping.CancelAsync();
        if (await _one.WaitAsync(StopLimit))
            _one.Release();
    }

    public void Dispose()
    {
        _drills.Dispose();
        _one.Dispose();
        _stopping.Dispose();
    }

    private async Task<DrillOutcome> RunAsync(Drill drill, DrillScene scene, int seed, CancellationToken stop)
    {
        Tell(drill, $"it {drill.What}");
        (DateTimeOffset startedAt, long started) = (DateTimeOffset.UtcNow, Stopwatch.GetTimestamp());
        await using MemoryRecorder memory = new(feed.ServerMemory, TimeProvider.System);
        (Prediction Prediction, DrillResult? Result, MarketResult? Market) done;
        IReadOnlyList<string> left;
        try
        {
            done = drill.IsOfKafka ? await KafkaAsync(drill, scene, stop) : await MarketAsync(drill, scene, stop);
        }
        catch (Exception e)
        {
            string end = stop.IsCancellationRequested ? "it was interrupted" : e.Message.TrimEnd('.');
            left = await PutBackAsync(scene);
            throw new DrillException($"{drill.Name}: {end}; {(left.Count > 0 ? string.Join("; ", left) : _stopping.IsCancellationRequested ? "the lab ends" : "the lab was put back")}.");
        }

        left = await scene.HealAllAsync(() => _stopping.IsCancellationRequested);
        IReadOnlyList<DrillMoment> moments = done.Result is null ? scene.Marks : Moments(done.Result, scene.Marks);
        DrillResult? result = done.Result is null ? null : done.Result with { Moments = moments };
        double seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        DrillOutcome outcome = new(drill.Name, drill.What, seed, startedAt, seconds, scene.Victims, done.Prediction, result, done.Market, left)
        {
            Moments = moments,
            Memory = memory.Recorded,
        };
        await KeepAsync(outcome);
        await TraceAsync(outcome);
        Tell(drill, DrillMarkdown.Headline(outcome));
        return outcome;
    }

    // What the drill did, in words; and for what only happened, when the brokers' own logs say that it did.
    private IReadOnlyList<DrillMoment> Moments(DrillResult result, IReadOnlyList<DrillMoment> marks)
    {
        DrillMoment[] detailed = [.. result.Moments.Select(m => m with { Detail = marks.FirstOrDefault(k => k.What == m.What && k.Seconds.Equals(m.Seconds))?.Detail })];
        try
        {
            return BrokerLogs.Compare(result with { Moments = detailed }, lab.LogFolder, Enumerable.Range(1, lab.Options.Kafka.Brokers).Select(ResourceNames.Broker));
        }
        catch (Exception unread) when (unread is IOException or UnauthorizedAccessException)
        {
            return detailed;
        }
    }

    // What was measured is told, whether it can be kept or not.
    private async Task KeepAsync(DrillOutcome outcome)
    {
        try
        {
            await DrillHistory.WriteAsync(lab.Folder, outcome);
        }
        catch (Exception unwritten) when (unwritten is IOException or UnauthorizedAccessException)
        {
            NotKept(loggers.GetLogger(ResourceNames.Kafka), outcome.Drill, unwritten.Message);
        }
    }

    private async Task<IReadOnlyList<string>> PutBackAsync(DrillScene scene)
    {
        IReadOnlyList<string> left = await scene.HealAllAsync(() => _stopping.IsCancellationRequested);
        if (!scene.HasBegun)
            return left;
        try
        {
            await _drills.AbortAsync(CancellationToken.None);
            return left;
        }
        catch (VerifierException)
        {
            // It is down: with it the run is gone, but not its topic.
            return await scene.DeleteTopicAsync() is { } problem ? [.. left, problem] : left;
        }
    }

    private async Task<(Prediction, DrillResult?, MarketResult?)> KafkaAsync(Drill drill, DrillScene scene, CancellationToken stop)
    {
        DrillRequest request = await drill.PrepareAsync(scene, stop);
        if (IsLegacy)
            request = request with { Topic = await LegacyTopicAsync(drill, request, stop) };
        // A request that is cut off may have been carried out.
        DrillState begun = await _drills.BeginAsync(request, CancellationToken.None);
        (scene.IsSending, scene.HasBegun, scene.Topic) = (true, true, IsLegacy ? null : begun.Topic);
        await scene.WholeAsync(stop);
        await Task.Delay(Before, stop);
        await KeepsUpAsync(drill, scene, request.MessagesPerSecond, stop);
        Prediction prediction = drill.Predict(begun.Settings ?? Configured(lab.Options));
        DrillState state = await scene.StateAsync(stop);
        string leaders = string.Join(", ", state.Leaders.Select(l => l?.ToString() ?? "none"));
        Tell(drill, $"predicted: {prediction}; leaders: {leaders}; controller: {state.Controller}");
        await drill.RunAsync(scene, stop);
        scene.IsSending = false;
        return (prediction, await _drills.CloseAsync(stop), null);
    }

    // On a busy machine the first messages wait for one another: what is broken then shows that, and not the fault.
    private async Task KeepsUpAsync(Drill drill, DrillScene scene, int messagesPerSecond, CancellationToken stop)
    {
        long began = Stopwatch.GetTimestamp();
        for (int steady = 0; steady < SteadyLooks;)
        {
            DrillState state = await scene.StateAsync(stop);
            steady = state.Pending <= messagesPerSecond * SteadyWait.TotalSeconds ? steady + 1 : 0;
            if (Stopwatch.GetElapsedTime(began) > SteadyLimit)
            {
                Tell(drill, $"{state.Pending:N0} messages wait for their acknowledgement before anything is broken: the machine is busy");
                return;
            }

            await Task.Delay(Glance, stop);
        }
    }

    // It has no admin API, and deletes no topic.
    private async Task<string> LegacyTopicAsync(Drill drill, DrillRequest request, CancellationToken stop)
    {
        KafkaOptions options = lab.Options.Kafka;
        string name = $"cdclab.drill.{drill.Name}.{DateTimeOffset.UtcNow:yyyyMMddHHmmss}", zooKeeper = $"{ServerRuntime.Loopback}:{lab.Ports.ZooKeeper}";
        KafkaTopic topic = new(name, request.Partitions ?? options.Partitions, options.ReplicationFactor, new Dictionary<string, string>());
        IReadOnlyList<string> arguments = LegacyBrokers.CreateTopic(topic, BrokerAddresses.Of(lab.Options, lab.Containers), zooKeeper);
        string classPath = Path.Combine(lab.Programs!.KnownKafka!.Home, "libs", "*");
        LaunchCommand tool = new(lab.Programs.KnownJava!.Path, ["-Xmx128m", "-cp", classPath, .. arguments], lab.Folder);
        await Launch.RunAsync("Kafka's TopicCommand", tool, loggers.GetLogger(ResourceNames.Kafka), stop);
        return topic.Name;
    }

    // The market's own ledger is the oracle: the verifier compares it with every row.
    private async Task<(Prediction, DrillResult?, MarketResult?)> MarketAsync(Drill drill, DrillScene scene, CancellationToken stop)
    {
        if ((await market.StateAsync(stop)).Paused)
            throw new DrillException("It needs a market that trades, and the market is paused: `aspire resource order-simulator market-resume`.");
        Prediction prediction = drill.Predict(Configured(lab.Options));
        Tell(drill, $"predicted: {prediction}");
        using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(stop);
        ChangeFigures? begun = drill.IsOfChanges ? await _drills.ChangesAsync(beginAnew: true, stop) : null;
        MarketState before = await market.StateAsync(stop);
        Task<double> standstill = StandstillAsync(end.Token);
        try
        {
            await drill.RunAsync(scene, stop);
        }
        finally
        {
            await end.CancelAsync();
        }

        MarketState after = await market.StateAsync(stop);
        long commits = after.Orders + after.Executions - before.Orders - before.Executions;
        string[] faults = [.. await CompareAsync([.. MarketChecks.Where(c => c != "mysql.binlog.history" || drill is not BinlogPurgedDrill), .. begun is null ? Array.Empty<string>() : ChangeChecks], stop), .. commits > 0 ? Array.Empty<string>() : ["the market committed nothing: nothing is proven"]];
        if (begun is null)
            return (prediction, null, new(commits, await standstill, faults));
        ChangeFigures now = await _drills.ChangesAsync(beginAnew: false, stop);
        string[] lost =
        [
            .. now.Matched > begun.Matched ? Array.Empty<string>() : ["no change came, or the verifier began anew: nothing is proven"],
            .. now.Missing > 0 ? [$"{now.Missing:N0} changes never came"] : Array.Empty<string>(),
            .. now.OutOfOrder > begun.OutOfOrder ? [$"{now.OutOfOrder - begun.OutOfOrder:N0} changes came before an earlier one of their row"] : Array.Empty<string>(),
            .. now.Faults > begun.Faults ? [$"{now.Faults - begun.Faults:N0} events had other values than were committed"] : Array.Empty<string>(),
        ];
        return (prediction, null, new(now.Matched - begun.Matched, now.LongestSeconds, [.. faults, .. lost], now.Duplicates - begun.Duplicates, now.Missing));
    }

    // Each look sees the newest orders, the open ones and a slice of the rest: together they pass over the table.
    private async Task<IReadOnlyList<string>> CompareAsync(string[] checks, CancellationToken stop)
    {
        long began = Stopwatch.GetTimestamp();
        while (true)
        {
            LabReport report = await verifier.LookAsync(stop);
            Verdict[] compared = [.. report.Checks.Where(c => checks.Contains(c.Id))];
            string[] failed = [.. compared.Where(c => c.Outcome == Outcome.Failed).Select(c => $"{c.Id}: {c.Actual}")];
            TimeSpan taken = Stopwatch.GetElapsedTime(began);
            if (failed.Length > 0 || (taken > CompareTime && compared.Length == checks.Length && compared.All(c => c.Outcome == Outcome.Ok)))
                return failed;
            if (taken > CompareLimit)
                return [.. checks.Except(compared.Where(c => c.Outcome == Outcome.Ok).Select(c => c.Id)).Select(id => $"{id}: it could not be looked at, and nothing is proven")];
            await Task.Delay(Between, stop);
        }
    }

    private async Task<double> StandstillAsync(CancellationToken stop)
    {
        DateTimeOffset last = DateTimeOffset.UtcNow;
        TimeSpan longest = TimeSpan.Zero;
        while (!stop.IsCancellationRequested)
        {
            try
            {
                if ((await market.StateAsync(stop)).LastCommitAt is { } commit && commit > last)
                    (longest, last) = (commit - last > longest ? commit - last : longest, commit);
            }
            catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
            {
                // The next look tells.
            }

            await Task.Delay(Glance, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        return longest.TotalSeconds;
    }

    private async Task TraceAsync(DrillOutcome outcome)
    {
        try
        {
            // The moments count from where the messages began.
            (DateTimeOffset started, double seconds) = outcome.Result is { } result ? (result.Started, result.Seconds) : (outcome.Started, outcome.Seconds);
            DrillTrace trace = new(outcome.Drill, started, seconds, DrillMarkdown.Headline(outcome), outcome.Faults.Count == 0, outcome.Moments);
            await _drills.TraceAsync(trace, CancellationToken.None);
        }
        catch (VerifierException)
        {
            // A trace is to be looked at; what was measured stands.
        }
    }

    private void Tell(Drill drill, string line) => Told(loggers.GetLogger(drill.Resource), $"drill {drill.Name}: {line}");

    [LoggerMessage(60, LogLevel.Information, "{Line}")]
    private static partial void Told(ILogger log, string line);

    [LoggerMessage(61, LogLevel.Warning, "drill {Drill}: its result could not be kept: {Reason}")]
    private static partial void NotKept(ILogger log, string drill, string reason);
}
