namespace CdcLab.Verifier.Checks;

/// <summary>One server lives inside its memory cap, and the kernel never had to end it for that.</summary>
internal sealed class MemoryCheck(string name, long capBytes, FiguresStore figures) : ICheck
{
    private readonly Promise _memory = new(
        $"memory.{name}",
        name,
        $"at most {ByteSize.ToMiB(capBytes)} in use, no OOM kill",
        "Everything has to live inside the machine's memory, next to what comes later.")
    {
        How = "the AppHost reads the server's cgroup, by process or by the engine: anonymous memory, cap, peak, OOM kills",
        Remedy = "a restart, which sets the cap and begins to count anew; a higher MemoryCap, or less heap",
        Source = "specification, 4: memory budget",
    };

    public IReadOnlyList<Promise> Promises => [_memory];

    public Task<IReadOnlyList<Verdict>> LookAsync(CancellationToken cancellationToken)
    {
        LabFigures now = figures.Require();
        return Task.FromResult<IReadOnlyList<Verdict>>([Judge(now.Resources.FirstOrDefault(r => r.Name == name), now.CapsNotEnforced is null)]);
    }

    internal Verdict Judge(ResourceFigures? resource, bool enforced)
    {
        const string See = "See the AppHost's output.";
        string more = $"Run `aspire resource {name} restart`; if it comes again, give it a higher cap (its MemoryCap setting) or less heap.";
        if (resource is null)
            return _memory.Unknown($"The AppHost does not list {name}.", "See the dashboard.");
        if (resource.State is not ("Running" or "Paused"))
            return _memory.Unknown($"{name} does not run; its state is {resource.State}.", Unreachable.Restart(name));
        if (resource.Memory is not { } memory)
            return _memory.Unknown("Its memory could not be read.", See);

        // Where no cap can be enforced, no OOM kill for it is counted either: then neither is promised.
        Promise promise = enforced ? _memory : _memory with { Expected = $"at most {ByteSize.ToMiB(capBytes)} in use" };
        bool groupRead = memory is not { CapBytes: null, OomKills: null };
        string used = memory.UsedBytes is { } bytes ? $"{ByteSize.ToMiB(bytes)} in use ({100.0 * bytes / capBytes:F0} %)" : "use not known";
        string peak = memory.PeakBytes is { } most ? ByteSize.ToMiB(most) : "not known";
        string use = $"{used}, peak {peak}" + (enforced ? "" : ", cap not enforced") + (memory.OomKills is null ? ", OOM kills not known" : "");
        if (memory.OomKills > 0)
            return promise.Failed($"{memory.OomKills} OOM kills; {use}", more, needs: []);
        if (enforced && memory.IsOutside)
            return promise.Failed($"its process is not in its cgroup any more, or that has no cap: none is enforced; {use}", $"Run `aspire resource {name} restart`: it starts in its group.", needs: []);
        if (enforced && groupRead && memory.CapBytes != capBytes)
        {
            string cap = memory.CapBytes is { } other ? $"the kernel enforces {ByteSize.ToMiB(other)}" : "no cap is enforced";
            return promise.Failed($"{cap}; {use}", $"Run `aspire resource {name} restart`: the cap is set at the start.", needs: []);
        }

        return memory.UsedBytes > capBytes ? promise.Failed(use, more, needs: [])
            : memory.UsedBytes is null ? promise.Unknown($"Its use could not be read: {use}.", See)
            : enforced && memory.OomKills is null ? promise.Unknown($"Its {(groupRead ? "" : "cap and ")}OOM kills could not be read: {use}.", See)
            : promise.Ok(use);
    }
}
