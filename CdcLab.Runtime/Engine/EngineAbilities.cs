using CdcLab.Model.Live;
using CdcLab.Model.Options;

namespace CdcLab.Runtime.Engine;

/// <summary>What a lab of containers is and can show with the engine that there is.</summary>
public static class EngineAbilities
{
    /// <summary>Says it.</summary>
    /// <param name="options">The lab's options.</param>
    /// <param name="enforcesCaps">Whether the engine can cap memory and swap.</param>
    /// <returns>What the lab is and can show.</returns>
    public static LabAbilities Of(LabOptions options, bool enforcesCaps)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new(
            "container",
            $"MySQL ({options.MySql.Image})",
            $"Kafka ({options.Kafka.Image})",
            enforcesCaps,
            enforcesCaps ? [] : [new("memory.caps", "cap not enforced: this container engine has no controller for memory and swap")]);
    }
}
