namespace CdcLab.Model.Live;

/// <summary>The memory of one server or service. A figure that could not be read is null, never 0.</summary>
/// <param name="UsedBytes">Anonymous memory: what it cannot give back.</param>
/// <param name="CacheBytes">Page cache that is counted to it.</param>
/// <param name="CapBytes">Its cap; null where it has none.</param>
/// <param name="PeakBytes">The highest use so far, cache included where a cgroup counts it.</param>
/// <param name="OomKills">How often the kernel ended a process of it for its cap.</param>
/// <param name="CapEnforced">Whether the kernel enforces the cap.</param>
public sealed record MemoryFigures(long? UsedBytes, long? CacheBytes, long? CapBytes, long? PeakBytes, long? OomKills, bool CapEnforced);
