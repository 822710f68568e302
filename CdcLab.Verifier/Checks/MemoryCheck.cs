namespace CdcLab.Verifier.Checks;

/// <summary>One server lives inside its memory cap, and the kernel never had to end it for that.</summary>
internal sealed class MemoryCheck(string name, long capBytes, FiguresStore figures) : ICheck
{
    private readonly Promise _memory = new(
        $"memory.{name}",
        name,
        $"at most {ByteSize.ToMiB(capBytes)} in use, no OOM kill",
        "Everything has to live inside the machine's memory, next to what comes later.");

    public IReadOnlyList<Promise> Promises => [_memory];

    public Task<IReadOnlyList<Verdict>> LookAsync(CancellationToken cancellationToken)
    {
        LabFigures now = figures.Require();
        return Task.FromResult<IReadOnlyList<Verdict>>([Judge(now.Resources.FirstOrDefault(r => r.Name == name), now.CapsNotEnforced is null)]);
    }

    internal Verdict Judge(ResourceFigures? resource, bool enforced)
    {
        const string More = "Give it a higher cap (its MemoryCap setting) or less heap.";
        if (resource is null)
            return _memory.Unknown($"The AppHost does not list {name}.", "See the dashboard.");
        if (resource.State is not ("Running" or "Paused"))
            return _memory.Unknown($"{name} does not run; its state is {resource.State}.", Unreachable.Start(name));
        if (resource.Memory is not { UsedBytes: { } used } memory)
            return _memory.Unknown("Its use could not be read.", "See the AppHost's output.");
        if (memory.OomKills > 0)
            return _memory.Failed($"{memory.OomKills} OOM kills; {Use(used, memory, enforced)}", More, needs: []);
        if (enforced && memory.CapBytes != capBytes)
            return _memory.Failed($"{(memory.CapBytes is { } other ? $"the kernel enforces {ByteSize.ToMiB(other)}" : "no cap is enforced")}; {Use(used, memory, enforced)}", $"Run `aspire resource {name} restart`: the cap is set at the start.", needs: []);
        return used <= capBytes ? _memory.Ok(Use(used, memory, enforced)) : _memory.Failed(Use(used, memory, enforced), More, needs: []);
    }

    private string Use(long used, MemoryFigures memory, bool enforced) =>
        $"{ByteSize.ToMiB(used)} in use ({100.0 * used / capBytes:F0} %), peak {(memory.PeakBytes is { } peak ? ByteSize.ToMiB(peak) : "not known")}{(enforced ? "" : ", cap not enforced")}";
}
