using CdcLab.AppHost.Drills;
using CdcLab.Model.Drills;

namespace CdcLab.Tests.Model.Drills;

/// <summary>Outcomes in which every field has a value, or is null where it may be.</summary>
internal static class DrillSamples
{
    private static readonly DateTimeOffset Began = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    private static readonly Prediction Predicted =
        new(TimeSpan.FromSeconds(4), TimeSpan.FromSeconds(11), "its session ends 6 s after its last heartbeat", ["NotEnoughReplicas (19)", "RequestTimedOut (7)"]);

    public static DrillOutcome Kafka(string name = "leader-killed", int faults = 1, long lost = 0, string what = "kills the leader, and starts it later") =>
        new(name, what, 7, Began, 62.5, [.. Enumerable.Repeat("kafka-1", faults)], Predicted, Run(name, faults, lost), null, [])
        {
            Moments = Run(name, faults, lost).Moments,
            Memory = [Memory("kafka-1", 768), Memory("zookeeper", null)],
        };

    public static DrillOutcome MySql(params string[] faults) =>
        new("mysql-killed", "kills (SIGKILL) MySQL, and starts it later", 7, Began, 40, ["mysql"], MySqlAway, null, new(1074, 12.5, faults), [])
        {
            Moments = [new(DrillMoment.Fault, 10) { Detail = "kill mysql" }, new(DrillMoment.Healed, 20) { Detail = "mysql" }],
            Memory = [Memory("mysql", 1024)],
        };

    public static DrillResult Result(string topic, IReadOnlyList<DrillMoment> moments) => Run("leader-killed", 1, 0) with { Topic = topic, Moments = moments };

    /// <summary>Of which hardly anything is known.</summary>
    public static DrillOutcome Empty() => Kafka("control", faults: 0) with
    {
        Memory = [],
        Moments = [],
        Result = Run("control", 0, 0) with { Moments = [], LongestStallSeconds = null, LongestStallFrom = null, Latencies = [], Cluster = [] },
    };

    public static DrillReport Report(params IReadOnlyList<DrillOutcome> drills) =>
        new(Began, 7, drills, [new("broker-paused", "The cluster was not whole 90 s after it was healed; the lab was put back.")])
        {
            Machine = "2 cores",
            Kafka = "Kafka 3.5.2",
            MySql = null,
        };

    private static Prediction MySqlAway => new(TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(35), "it is away for 10 s", []);

    private static DrillResult Run(string name, int faults, long lost)
    {
        string[] each =
        [
            DrillMoment.Fault, DrillMoment.FirstMissed, DrillMoment.OutOfIsr, DrillMoment.LeaderElected, DrillMoment.ControllerElected, DrillMoment.FirstAfter,
            DrillMoment.Healed, DrillMoment.IsrWhole,
        ];
        return new()
        {
            Drill = name,
            Started = Began + TimeSpan.FromSeconds(1.5),
            Seconds = 60,
            Topic = "cdclab.drill",
            Partitions = 2,
            ReplicationFactor = 3,
            MessagesPerSecond = 200,
            Producers =
            [
                new("the idempotent producer", true, 6000, 5990, 3, 7, 5, 0, 0, 0, lost)
                {
                    LostNumbers = [.. Enumerable.Range(0, (int)lost)],
                    LastLost = lost > 0 ? lost - 1 : null,
                    Retries = false,
                    Errors = new Dictionary<string, long> { ["NotEnoughReplicas (19)"] = 3, ["RequestTimedOut (7)"] = 7 },
                },
                new("the producer without idempotence", false, 6000, 6000, 0, 0, 0, 0, 12, 0, 0),
            ],
            Moments =
            [
                .. Enumerable.Range(0, faults).SelectMany(i => each.Select((what, n) => new DrillMoment(what, 5 + (i * 10) + (n * 0.7)))),
                new(DrillMoment.Started, 57) { Detail = "kafka-1" },
                new(DrillMoment.LeadersBack, 58) { LoggedSeconds = 57.5 },
            ],
            LongestStallSeconds = 7.25,
            LongestStallFrom = 5.1,
            SenderDelaySeconds = 0.01,
            // The seconds in which nothing was acknowledged are not there.
            Latencies = [.. Enumerable.Range(0, 60).Where(s => s is < 5 or > 10).Select(s => new DrillLatency(s, 200, s == 0 ? 0 : 3.1, 11 + (s * 100)))],
            Cluster = [new(0.1, 3, [1, 2], [3, 3]), new(11.5, null, [null, 2], [0, 2]), new(20, 2, [2, 2], [3, 3])],
        };
    }

    private static DrillMemory Memory(string resource, int? cap)
    {
        IEnumerable<int> seen = Enumerable.Range(0, 60).Where(s => s is < 20 or > 30);
        return new(resource, cap * ByteSize.MiB, [.. seen.Select(s => new MemorySample(s + 0.01, (100 + s) * ByteSize.MiB))]);
    }
}
