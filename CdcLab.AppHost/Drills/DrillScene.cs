using System.Net.Sockets;
using CdcLab.AppHost.Lab;
using CdcLab.Clients.Kafka;
using CdcLab.Clients.Market;
using CdcLab.Clients.Verifier;
using CdcLab.Model.Drills;
using Confluent.Kafka;

namespace CdcLab.AppHost.Drills;

/// <summary>A drill that cannot go on, in words for whoever asked for it.</summary>
internal sealed class DrillException(string message) : Exception(message);

/// <summary>What a drill may use: it breaks, heals and marks here, and what is still broken at its end is known.</summary>
internal sealed class DrillScene(
    DrillClient verifier, MarketClient market, LabControls controls, LabSession lab, Random random, Action<string> tell) : IDisposable
{
    private static readonly TimeSpan WholeLimit = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan HealLimit = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan AdminLimit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan ServesLimit = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(50);

    // What is broken now, by the resource or what else it is, what heals it, and how it is seen to be back. The last is healed first.
    private readonly List<Broken> _broken = [];
    private readonly long _began = Stopwatch.GetTimestamp();
    private KafkaAdmin? _admin;
    private ChangeScene? _changes;

    public LabOptions Lab => lab.Options;

    /// <summary>Whom it has broken, in the order in which it did.</summary>
    public List<string> Victims { get; } = [];

    /// <summary>What it marked, by the clock of the messages that are sent, else in seconds since its beginning.</summary>
    public List<DrillMoment> Marks { get; } = [];

    /// <summary>Whether messages are being sent, whose clock counts then.</summary>
    public bool IsSending { get; set; }

    /// <summary>Whether a run was begun, and has to be ended.</summary>
    public bool HasBegun { get; set; }

    /// <summary>Where the messages go; null before there are any, and where the verifier did not make it.</summary>
    public string? Topic { get; set; }

    public ChangeScene Changes => _changes ??= new(this, verifier, lab);

    public KafkaAdmin Admin => _admin ??= new(string.Join(',', Brokers.Select(b => b.External)), new Dictionary<string, string>());

    public IReadOnlyList<BrokerAddresses> Brokers { get; } = [.. BrokerAddresses.Of(lab.Options, lab.Containers)];

    public Task<DrillState> StateAsync(CancellationToken stop) => verifier.StateAsync(stop);

    public static Task WaitAsync(TimeSpan time, CancellationToken stop) => Task.Delay(time, stop);

    /// <summary>The broker of a role, by chance where several have it.</summary>
    public async Task<string> BrokerAsync(BrokerRole role, CancellationToken stop)
    {
        DrillState state = await StateAsync(stop);
        // In the order of their ids, so that a seed chooses the same among the same.
        int[] leaders = [.. state.Leaders.OfType<int>().Distinct().Order()], brokers = [.. state.Replicas.SelectMany(r => r).Distinct().Order()];
        int[] fit = role switch
        {
            BrokerRole.Leader => Prefer(leaders, id => id != state.Controller),
            BrokerRole.Follower => Prefer(brokers.Except(leaders), id => id != state.Controller),
            _ => state.Controller is { } id ? [id] : [],
        };
        return fit.Length > 0
            ? ResourceNames.Broker(fit[random.Next(fit.Length)])
            : throw new DrillException($"No broker is {role.ToString().ToLowerInvariant()}.");

        static int[] Prefer(IEnumerable<int> all, Func<int, bool> best) => all.Where(best).Any() ? [.. all.Where(best)] : [.. all];
    }

    /// <summary>Another broker with copies of what this one leads, by chance.</summary>
    public async Task<string> OtherReplicaAsync(string broker, CancellationToken stop)
    {
        DrillState state = await StateAsync(stop);
        int partition = state.Leaders.Select((l, i) => (Leader: l, Partition: i)).First(l => l.Leader is { } id && ResourceNames.Broker(id) == broker).Partition;
        int[] others = [.. state.Replicas[partition].Where(id => ResourceNames.Broker(id) != broker).Order()];
        return ResourceNames.Broker(others[random.Next(others.Length)]);
    }

    public Task StopAsync(string resource, CancellationToken stop) =>
        BreakAsync(resource, KnownResourceCommands.StopCommand, KnownResourceCommands.StartCommand, stop);

    public Task KillAsync(string resource, CancellationToken stop) => BreakAsync(resource, "kill", KnownResourceCommands.StartCommand, stop);

    public Task PauseAsync(string resource, CancellationToken stop) => BreakAsync(resource, "pause", "resume", stop);

    /// <summary>Does what breaks something, and keeps what heals it, which gives the reason where it cannot.</summary>
    public async Task BreakAsync(string what, string how, Func<Task> act, Func<CancellationToken, Task<string?>> heal, CancellationToken stop)
    {
        await MarkAsync(DrillMoment.Fault, $"{how} {what}", stop);
        tell($"{how} {what}");
        Victims.Add(what);
        await PutAsync(what, act, heal);
    }

    /// <summary>Does what is undone when the drill has ended, at the latest.</summary>
    /// <param name="undo">Gives the reason where it cannot be undone.</param>
    /// <param name="isBack">Waits until it is seen to be undone; gives the reason where it is not.</param>
    public Task PutAsync(string what, Func<Task> act, Func<CancellationToken, Task<string?>> undo, Func<CancellationToken, Task<string?>>? isBack = null)
    {
        _broken.Add(new(what, undo, isBack));
        return act();
    }

    /// <summary>Heals what was broken; what was started must answer.</summary>
    public async Task HealAsync(string what, CancellationToken stop)
    {
        if (_broken.FindLastIndex(b => b.What == what) is var at && at < 0)
            return;
        Broken broken = _broken[at];
        await MarkAsync(DrillMoment.Healed, what, stop);
        if (await broken.Undo(stop) is { } problem)
            throw new DrillException(problem);
        // Not to be healed twice, whatever becomes of the wait.
        _broken.RemoveAt(at);
        if (broken.IsBack is { } isBack && await isBack(stop) is { } missing)
            throw new DrillException(missing);
    }

    /// <summary>Waits until every replica is in sync and, where that is asked, every partition is led by its preferred leader.</summary>
    public async Task WholeAsync(CancellationToken stop, bool preferred = false)
    {
        DrillState? state = null;
        try
        {
            await UntilAsync(async () => (state = await StateAsync(stop)).IsWhole && (state.IsPreferred || !preferred), "The cluster was not whole", stop);
        }
        catch (DrillException late) when (state is not null)
        {
            throw new DrillException($"{late.Message.TrimEnd('.')}: {state.Lacking ?? $"not every partition of {state.Topic} is led by its preferred leader ({string.Join(", ", state.Leaders.Select(l => l?.ToString() ?? "none"))})"}.");
        }
    }

    /// <summary>Heals whatever is still broken, however the drill ended; what could not be healed, in words.</summary>
    /// <param name="isEnding">Whether the whole lab ends: then what was started need not answer.</param>
    public async Task<IReadOnlyList<string>> HealAllAsync(Func<bool> isEnding)
    {
        List<string?> problems = [];
        Broken[] all = [.. Enumerable.Reverse(_broken)];
        _broken.Clear();
        foreach (Broken broken in all)
            problems.Add(await TryAsync(broken.What, broken.Undo));
        // Together: what was started needs the others.
        problems.AddRange(await Task.WhenAll(all.Where(b => b.IsBack is not null && !isEnding()).Select(b => TryAsync(b.What, b.IsBack!))));
        return [.. problems.OfType<string>().Select(p => $"not healed: {p}")];

        static async Task<string?> TryAsync(string what, Func<CancellationToken, Task<string?>> act)
        {
            using CancellationTokenSource limit = new(HealLimit);
            try
            {
                return await act(limit.Token);
            }
            catch (Exception e)
            {
                return $"{what}: {(limit.IsCancellationRequested ? $"it took longer than {HealLimit.TotalSeconds:0} s" : e.Message.TrimEnd('.'))}";
            }
        }
    }

    /// <summary>Deletes the topic of the messages where the verifier, which does that, is gone; the reason where it cannot be deleted.</summary>
    public async Task<string?> DeleteTopicAsync()
    {
        try
        {
            if (Topic is not null)
                await Admin.DeleteTopicAsync(Topic, AdminLimit, CancellationToken.None);
            return null;
        }
        catch (KafkaException e)
        {
            return $"the topic {Topic} is left ({e.Error.Reason}); the next drill deletes it";
        }
    }

    /// <summary>A controller that works makes a topic at once.</summary>
    public async Task TopicCanBeMadeAsync(CancellationToken stop)
    {
        KafkaTopic topic = new($"cdclab.drill.new.{DateTimeOffset.UtcNow:yyyyMMddHHmmss}", 1, Lab.Kafka.ReplicationFactor, new Dictionary<string, string>());
        try
        {
            await Admin.CreateTopicAsync(topic, AdminLimit, stop);
            await Admin.DeleteTopicAsync(topic.Name, AdminLimit, stop);
        }
        catch (KafkaException e)
        {
            throw new DrillException($"No new topic can be made afterwards: {e.Error.Reason}");
        }
    }

    /// <summary>Waits until the market commits again, by itself.</summary>
    public async Task MarketGoesOnAsync(CancellationToken stop)
    {
        DateTimeOffset healed = DateTimeOffset.UtcNow;
        await UntilAsync(async () => await LastCommitAsync(stop) is { } last && last > healed, "The market did not go on", stop);
        await MarkAsync(DrillMoment.FirstAfter, null, stop);
    }

    /// <summary>Waits until a check has an outcome.</summary>
    public async Task VerdictAsync(string id, Outcome outcome, CancellationToken stop)
    {
        using VerifierClient client = new(lab.VerifierAddress, lab.Secrets.Token);
        await UntilAsync(async () => (await client.LookAsync(stop)).Checks.FirstOrDefault(c => c.Id == id)?.Outcome == outcome, $"{id} was not {outcome.ToString().ToLowerInvariant()}", stop);
    }

    /// <summary>Has the verifier begin anew when the drill has been judged, where what it remembers is gone for good: else its verdict stays failed.</summary>
    public Task VerifierBeginsAnewAsync() => PutAsync(
        ResourceNames.Verifier,
        () => Task.CompletedTask,
        stop => CommandAsync(ResourceNames.Verifier, KnownResourceCommands.RestartCommand, stop),
        async stop =>
        {
            await UntilAsync(async () => await IsReportedAsync(stop), "The verifier did not answer", stop);
            return null;
        });

    /// <summary>A command of a resource; the reason where it cannot be carried out.</summary>
    public Task<string?> CommandAsync(string resource, string command, CancellationToken stop) => controls.CommandAsync(resource, command, stop);

    public void Dispose()
    {
        _admin?.Dispose();
        _changes?.Dispose();
    }

    /// <exception cref="DrillException">It did not hold within 90 s.</exception>
    public static async Task UntilAsync(Func<Task<bool>> holds, string otherwise, CancellationToken stop)
    {
        long began = Stopwatch.GetTimestamp();
        while (!await holds())
        {
            if (Stopwatch.GetElapsedTime(began) > WholeLimit)
                throw new DrillException($"{otherwise} within {WholeLimit.TotalSeconds:0} s.");
            await Task.Delay(Pause, stop);
        }
    }

    /// <summary>When the market committed last; null where it does not answer.</summary>
    public async Task<DateTimeOffset?> LastCommitAsync(CancellationToken stop)
    {
        try
        {
            return (await market.StateAsync(stop)).LastCommitAt;
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException && !stop.IsCancellationRequested)
        {
            return null;
        }
    }

    private async Task<bool> IsReportedAsync(CancellationToken stop)
    {
        using VerifierClient client = new(lab.VerifierAddress, lab.Secrets.Token);
        try
        {
            await client.ReportAsync(stop);
            return true;
        }
        catch (VerifierException)
        {
            return false;
        }
    }

    private async Task<bool> ServesAsync(string broker, CancellationToken stop)
    {
        string[] external = Brokers.Single(b => b.Name == broker).External.Split(':');
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        limit.CancelAfter(ServesLimit);
        try
        {
            await CdcLab.Clients.Kafka.BrokerMetadata.AskAsync(external[0] == "localhost" ? ServerRuntime.Loopback : external[0], int.Parse(external[1], CultureInfo.InvariantCulture), limit.Token);
            return true;
        }
        catch (Exception e) when (e is SocketException or IOException or InvalidDataException or OperationCanceledException && !stop.IsCancellationRequested)
        {
            return false;
        }
    }

    /// <summary>Notes a moment of the drill.</summary>
    public async Task MarkAsync(string what, string? detail, CancellationToken stop)
    {
        DrillMoment mark = IsSending ? await verifier.MarkAsync(what, stop) : new(what, Stopwatch.GetElapsedTime(_began).TotalSeconds);
        Marks.Add(mark with { Detail = detail });
    }

    private async Task BreakAsync(string resource, string command, string heals, CancellationToken stop)
    {
        stop.ThrowIfCancellationRequested();
        await MarkAsync(DrillMoment.Fault, $"{command} {resource}", stop);
        tell($"{command} {resource}");
        Victims.Add(resource);
        // A command that is cut off may have done half of its work: it is carried out, whatever happens to the drill.
        await PutAsync(
            resource,
            async () =>
            {
                if (await controls.CommandAsync(resource, command, CancellationToken.None) is { } refused)
                    throw new DrillException(refused);
                stop.ThrowIfCancellationRequested();
            },
            _ =>
            {
                tell($"{heals} {resource}");
                return controls.CommandAsync(resource, heals, CancellationToken.None);
            },
            heals == KnownResourceCommands.StartCommand ? healing => IsBackAsync(resource, healing) : null);
    }

    private async Task<string?> IsBackAsync(string resource, CancellationToken stop)
    {
        long began = Stopwatch.GetTimestamp();
        bool isBroker = resource.StartsWith("kafka-", StringComparison.Ordinal) && int.TryParse(resource.AsSpan("kafka-".Length), out int id);
        // As soon as a broker answers at all, which is when it writes that it is started: it knows its cluster somewhat later.
        bool serves = false;
        while (isBroker && !(serves = await ServesAsync(resource, stop)) && Stopwatch.GetElapsedTime(began) < WholeLimit)
            await Task.Delay(Glance, stop);
        if (serves)
            await TryMarkAsync(resource, stop);
        if (!await controls.AnswersAsync(resource, WholeLimit, stop))
            return $"{resource} does not answer {WholeLimit.TotalSeconds:0} s after it was started";
        if (!isBroker)
            await TryMarkAsync(resource, stop);
        return null;
    }

    // After an interruption there may be no run any more that could be marked.
    private async Task TryMarkAsync(string resource, CancellationToken stop)
    {
        try
        {
            await MarkAsync(DrillMoment.Started, resource, stop);
        }
        catch (VerifierException)
        {
            // What is put back need not be marked.
        }
    }

    private sealed record Broken(string What, Func<CancellationToken, Task<string?>> Undo, Func<CancellationToken, Task<string?>>? IsBack);
}
