using CdcLab.Model.Drills;

namespace CdcLab.AppHost.Drills;

/// <summary>What a drill expects before it breaks anything: the longest time that a write waits, a message with acks=all or a commit of the market.</summary>
/// <param name="Because">Where the times come from.</param>
/// <param name="Errors">With what a client that sends nothing again may be refused, e.g. <c>NotEnoughReplicas (19)</c>; one that does sees none.</param>
internal sealed record Prediction(TimeSpan From, TimeSpan To, string Because, IReadOnlyList<string> Errors)
{
    /// <summary>An error that such a client must see, or the drill has not proven what it is for; null for none.</summary>
    public string? Required { get; init; }

    /// <summary>Whether every leader and every in-sync set stays as it was.</summary>
    public bool IsSteady { get; init; }

    public override string ToString() => $"the longest wait of a write is {From.TotalSeconds:0.#} to {To.TotalSeconds:0.#} s: {Because}";
}

/// <summary>One drill: what is done, and what it predicts.</summary>
internal abstract class Drill(string name, string what)
{
    public string Name => name;

    /// <summary>What is done, as the end of a sentence that begins with "The drill".</summary>
    public string What => what;

    /// <summary>Whose command it is.</summary>
    public virtual string Resource => ResourceNames.Kafka;

    /// <summary>Whether numbered messages are sent and judged; else the market's ledger is.</summary>
    public virtual bool IsOfKafka => true;

    /// <summary>Whether what a consumer of the connector gets is judged beside the ledger; then the wait is that of a change for its consumer.</summary>
    public virtual bool IsOfChanges => false;

    /// <summary>Whether it can be run on the legacy Kafka, which has no admin API.</summary>
    public virtual bool IsForLegacy => !IsOfKafka;

    /// <summary>Why it cannot be run on a lab; null where it can.</summary>
    public virtual string? Refusal(LabOptions lab, bool containers) => (IsOfKafka || IsOfChanges) && BreaksBrokers && lab.Kafka.Brokers < 3
        ? $"it needs three brokers, and Lab:Kafka:Brokers is {lab.Kafka.Brokers}"
        : null;

    /// <summary>Whether it takes a broker away.</summary>
    protected virtual bool BreaksBrokers => IsOfKafka;

    /// <summary>What must be there before messages are sent; gives what is asked of the verifier.</summary>
    public virtual Task<DrillRequest> PrepareAsync(DrillScene scene, CancellationToken cancellationToken) => Task.FromResult(new DrillRequest(name));

    /// <summary>From the settings with which the servers run.</summary>
    public abstract Prediction Predict(DrillSettings live);

    /// <summary>Breaks and heals. What it leaves broken is healed after it.</summary>
    public abstract Task RunAsync(DrillScene scene, CancellationToken cancellationToken);
}

/// <summary>Whom a drill breaks, by what it is when the drill begins.</summary>
internal enum BrokerRole
{
    /// <summary>That leads a partition of the drill's topic, and is not the controller.</summary>
    Leader,
    /// <summary>That only follows; the topic has one partition.</summary>
    Follower,
    Controller,
}

internal static class Predictions
{
    public static readonly TimeSpan Latency = TimeSpan.FromSeconds(2);

    /// <summary>What a connection that breaks, and a leader that is none any more, mean for a client that sends nothing again.</summary>
    public static readonly string[] OfMove =
        ["Local_Transport (-195)", "LeaderNotAvailable (5)", "NotLeaderForPartition (6)", "Local_MsgTimedOut (-192)", "NotEnoughReplicasAfterAppend (20)"];

    private static readonly string[] OfSilenceErrors = [.. OfMove, "RequestTimedOut (7)", "Local_TimedOut (-185)"];

    /// <summary>A broker is gone without a word: its session at ZooKeeper has to end, which its last heartbeat began; ZooKeeper looks once a tick; then leaders
    /// are elected.</summary>
    public static Prediction OfSilence(DrillSettings live)
    {
        (TimeSpan session, TimeSpan tick, TimeSpan lag) = (live.SessionTimeout, live.TickTime, live.ReplicaLagTime);
        return new(
            session * 2 / 3 < lag ? session * 2 / 3 : lag,
            session + tick + TimeSpan.FromSeconds(3),
            $"its session ends {session.TotalSeconds:0.#} s after its last heartbeat (ZooKeeper looks each {tick.TotalSeconds:0.#} s), "
                + $"or the lag of {lag.TotalSeconds:0.#} s throws it out; then leaders are elected",
            OfSilenceErrors);
    }

    /// <summary>It hands over its leaders before it ends.</summary>
    public static Prediction OfHandOver() => new(TimeSpan.Zero, TimeSpan.FromSeconds(3), "a broker that is told to stop hands over its leaders first", OfMove);
}
