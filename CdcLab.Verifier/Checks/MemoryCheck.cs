using CdcLab.Model;
using CdcLab.Model.Live;
using CdcLab.Model.Options;
using CdcLab.Verifier.Sources;

namespace CdcLab.Verifier.Checks;

/// <summary>One server lives inside its memory cap, and the kernel never had to end it for that.</summary>
public sealed class MemoryCheck : ICheck
{
    private readonly string _name;
    private readonly long _cap;
    private readonly bool _capsEnforced;
    private readonly ResourceSource _resources;
    private readonly Promise _memory;

    private MemoryCheck(LabResource resource, long cap, bool capsEnforced, ResourceSource resources)
    {
        _name = resource.Name;
        _cap = cap;
        _capsEnforced = capsEnforced;
        _resources = resources;
        _memory = new(
            $"memory.{resource.Name}",
            resource.Name,
            $"at most {ByteSize.ToMiB(cap)} in use, {(capsEnforced ? "cap enforced, " : "")}no OOM kill",
            "Everything has to live inside the machine's memory, next to what comes later.");
    }

    /// <inheritdoc/>
    public IReadOnlyList<Promise> Promises => [_memory];

    /// <summary>The check of each resource that has a cap.</summary>
    /// <param name="model">The resources.</param>
    /// <param name="abilities">Whether the kernel enforces caps here.</param>
    /// <param name="resources">The resources as they are.</param>
    /// <returns>One check each.</returns>
    public static IEnumerable<MemoryCheck> Of(LabModel model, LabAbilities abilities, ResourceSource resources)
    {
        foreach (LabResource resource in model.Resources)
        {
            if (resource.MemoryCapBytes is { } cap)
                yield return new(resource, cap, abilities.CapsEnforced, resources);
        }
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<Verdict>> LookAsync(CancellationToken cancellationToken)
    {
        ResourceState? state = (await _resources.SeeAsync(cancellationToken)).FirstOrDefault(r => r.Name == _name);
        return [Judge(state)];
    }

    internal Verdict Judge(ResourceState? state)
    {
        if (state?.Memory is not { } memory)
            return _memory.Unknown(state is null ? $"The host does not list {_name}." : $"{_name} has no memory figures; its state is {state.State.ToString().ToLowerInvariant()}.", Unreachable.Start(_name));
        if (memory.OomKills > 0)
            return _memory.Failed($"{memory.OomKills} OOM kills; {Use(memory)}", "Give it a higher cap (its MemoryCap setting) or less heap.");
        if (_capsEnforced && (!memory.CapEnforced || memory.CapBytes != _cap))
            return _memory.Failed(memory.CapBytes is { } other && memory.CapEnforced ? $"the kernel enforces {ByteSize.ToMiB(other)}; {Use(memory)}" : $"no cap is enforced; {Use(memory)}", $"Stop and start {_name}: the host sets the cap at the start.");
        if (memory.UsedBytes is not { } used)
            return state.State is RunState.Running or RunState.Paused ? _memory.Unknown("Its use could not be read.", "See what the host has written.") : _memory.Unknown($"{_name} does not run.", Unreachable.Start(_name));
        return used <= _cap ? _memory.Ok(Use(memory)) : _memory.Failed(Use(memory), "Give it a higher cap (its MemoryCap setting) or less heap.");
    }

    private string Use(MemoryFigures memory) =>
        $"{(memory.UsedBytes is { } used ? ByteSize.ToMiB(used) : "an unknown amount")} in use{(memory.UsedBytes is { } u ? $" ({100.0 * u / _cap:F0} %)" : "")}, peak {(memory.PeakBytes is { } peak ? ByteSize.ToMiB(peak) : "not known")}{(_capsEnforced ? "" : ", cap not enforced")}";
}
