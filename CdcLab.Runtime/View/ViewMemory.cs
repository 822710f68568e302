using System.Globalization;
using CdcLab.Model.Live;
using CdcLab.Model.Options;

namespace CdcLab.Runtime.View;

/// <summary>Memory figures as properties; what could not be read is left out, never 0.</summary>
internal static class ViewMemory
{
    public static IEnumerable<PropertyView> Of(MemoryFigures? memory)
    {
        if (memory is null)
            yield break;
        if (memory.UsedBytes is { } used)
            yield return new("memory.used", "Memory used", ByteSize.ToMiB(used) + (memory.CapBytes is > 0 and var of ? string.Create(CultureInfo.InvariantCulture, $" ({100.0 * used / of:F0} % of its cap)") : ""));
        if (memory.CacheBytes is { } cache)
            yield return new("memory.cached", "Memory cached", ByteSize.ToMiB(cache));
        if (memory.PeakBytes is { } peak)
            yield return new("memory.peak", "Memory peak", ByteSize.ToMiB(peak));
        if (memory.CapBytes is { } cap)
            yield return new("memory.cap", "Memory cap", $"{ByteSize.ToMiB(cap)}, {(memory.CapEnforced ? "enforced" : "NOT enforced")}");
        if (memory.OomKills is { } kills)
            yield return new("memory.oomKills", "Killed for its cap", kills.ToString(CultureInfo.InvariantCulture)) { IsHighlighted = kills > 0 };
    }
}
