using CdcLab.Clients.ZooKeeper;
using CdcLab.Model;
using CdcLab.Model.Live;
using CdcLab.Verifier.Probes;

namespace CdcLab.Verifier.Report;

/// <summary>Everything that a report is made of, taken at one moment. What could not be seen is null.</summary>
public sealed record ReportFacts
{
    /// <summary>When it was taken.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>What the lab must be.</summary>
    public required LabModel Model { get; init; }

    /// <summary>What the lab is and can show.</summary>
    public required LabAbilities Abilities { get; init; }

    /// <summary>The verdicts.</summary>
    public required IReadOnlyList<Verdict> Verdicts { get; init; }

    /// <summary>The servers and services, as the host lists them.</summary>
    public IReadOnlyList<ResourceState>? Resources { get; init; }

    /// <summary>The cluster, as ZooKeeper has it.</summary>
    public ClusterState? Cluster { get; init; }

    /// <summary>The latencies, by name and window.</summary>
    public IReadOnlyList<LatencyFigures> Latencies { get; init; } = [];

    /// <summary>What became of the probe's messages.</summary>
    public ProbeCounts? Probes { get; init; }

    /// <summary>What runs, in one line.</summary>
    public string Lab => $"{Abilities.Runtime}, {Abilities.MySqlDescription}, {Abilities.KafkaDescription}";

    /// <summary>The verdict of one check.</summary>
    /// <param name="id">The check's id.</param>
    /// <returns>The verdict; null where there is no such check here.</returns>
    public Verdict? Verdict(string id) => Verdicts.FirstOrDefault(v => v.Id == id);

    /// <summary>The same for programs.</summary>
    /// <returns>The report.</returns>
    public LabReport ToReport() => new()
    {
        At = At,
        Lab = Lab,
        Resources = Resources ?? [],
        Checks = Verdicts,
        NotPossibleHere = Abilities.NotPossibleHere,
        Latencies = Latencies,
    };
}
