using CdcLab.Model.Options;

namespace CdcLab.Model;

/// <summary>The machine that the lab must fit into, and what comes later and must fit beside it.</summary>
public static class MemoryBudget
{
    /// <summary>The memory of the machine of the specification.</summary>
    public const long MachineBytes = 16 * ByteSize.GiB;

    /// <summary>What Phase 2 adds, with its caps.</summary>
    public static IReadOnlyList<(string Name, long CapBytes)> PhaseTwo { get; } =
    [
        ("Debezium", 512 * ByteSize.MiB),
        ("Flink", 1536 * ByteSize.MiB),
        ("ClickHouse", 2 * ByteSize.GiB),
        ("Grafana", 256 * ByteSize.MiB),
    ];
}
