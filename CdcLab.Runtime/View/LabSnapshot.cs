using CdcLab.Clients.Market;
using CdcLab.Model;
using CdcLab.Model.Live;

namespace CdcLab.Runtime.View;

/// <summary>All that is known of a lab in one moment: what <see cref="LabView"/> makes the picture from.</summary>
public sealed record LabSnapshot
{
    /// <summary>What the lab is.</summary>
    public required LabModel Model { get; init; }

    /// <summary>What it can show; null while its programs are looked for.</summary>
    public LabAbilities? Abilities { get; init; }

    /// <summary>When the host began to bring it up.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>The states of its servers and services; those that are missing are not there yet.</summary>
    public IReadOnlyList<ResourceState> States { get; init; } = [];

    /// <summary>How they were launched, by name.</summary>
    public IReadOnlyDictionary<string, LaunchDetails> Launches { get; init; } = new Dictionary<string, LaunchDetails>(StringComparer.Ordinal);

    /// <summary>The verifier's latest answer; null when it did not answer.</summary>
    public LabReport? Report { get; init; }

    /// <summary>The simulator's latest answer; null when it did not answer.</summary>
    public MarketState? Market { get; init; }

    /// <summary>The state of a server or service; waiting where it is not there yet.</summary>
    /// <param name="resource">The server or service.</param>
    /// <returns>Its state.</returns>
    public ResourceState StateOf(LabResource resource) => States.FirstOrDefault(s => s.Name == resource.Name)
        ?? new() { Name = resource.Name, Kind = resource.Kind, State = RunState.Waiting, WaitsFor = resource.WaitsFor };

    /// <summary>The latest verdicts; none when the verifier does not run or answer, for what it said then may not hold now.</summary>
    public IReadOnlyList<Verdict> Verdicts => Report is not null && StateOf(Model.Verifier) is { State: RunState.Running, Answers: not false } ? Report.Checks : [];
}
