using CdcLab.Model.Options;

namespace CdcLab.Model;

/// <summary>The machine that the lab must fit into, and what stands beside its servers and comes later.</summary>
public static class MemoryBudget
{
    /// <summary>The memory of the machine of the specification.</summary>
    public const long MachineBytes = 16 * ByteSize.GiB;

    /// <summary>
    /// What a host takes that is a .NET Aspire application: AppHost, orchestrator with a monitor for each resource, dashboard, <c>dotnet run</c> around each service. The two services themselves are not among it.
    /// Measured with the whole lab and its dashboard open: 1,171 MiB, each shared page counted once (PSS).
    /// </summary>
    public const long AspireHostBytes = 1200 * ByteSize.MiB;

    /// <summary>What the standalone host takes. Measured in the same way, just after a first start: AppHost 139 MiB, <c>dotnet run</c> around it 248, dashboard 136, or 297 once somebody looks at it.</summary>
    public const long StandaloneHostBytes = 700 * ByteSize.MiB;

    /// <summary>What Phase 2 adds, with its caps.</summary>
    public static IReadOnlyList<(string Name, long CapBytes)> PhaseTwo { get; } =
    [
        ("Debezium", 512 * ByteSize.MiB),
        ("Flink", 1536 * ByteSize.MiB),
        ("ClickHouse", 2 * ByteSize.GiB),
        ("Grafana", 256 * ByteSize.MiB),
    ];
}
