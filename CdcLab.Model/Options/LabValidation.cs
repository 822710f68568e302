using CdcLab.Model.Live;
using CdcLab.Model.Options.Validation;

namespace CdcLab.Model.Options;

/// <summary>Judges options against themselves and against the machine: every fault at once, one line each.</summary>
public static class LabValidation
{
    /// <summary>The ports that a start of these options needs; those of what this runtime does not run, and those that are any free one, are not among them.</summary>
    /// <remarks>For whoever gathers <see cref="MachineFacts.TakenPorts"/>. It takes any options, also ones that cannot be.</remarks>
    /// <param name="options">The options.</param>
    /// <param name="ports">The lab's ports.</param>
    /// <param name="runtime">How the servers run.</param>
    /// <returns>Ports from 1 to 65535.</returns>
    public static IReadOnlyList<LabPortUse> WantedPorts(LabOptions options, LabPorts ports, LabRuntimeKind runtime)
    {
        // A model of a broker count that cannot be cannot be made; the other servers' ports are judged all the same.
        LabOptions possible = options with { Kafka = options.Kafka with { Brokers = Math.Clamp(options.Kafka.Brokers, 1, 9) } };
        LabModel model = LabModel.From(possible, ports, runtime);
        IEnumerable<LabPortUse> servers = model.Resources.SelectMany(r => r.Ports.Select(p => new LabPortUse(p.Number, r.Ports.Count == 1 ? r.Name : $"{r.Name} ({p.Name})", p.BindAddress, p.Setting)));
        return [.. servers.Append(new(ports.Control, "the control endpoint", "127.0.0.1", "Lab:PortBase")).Where(p => p.Port is > 0 and <= 65_535)];
    }

    /// <summary>Judges ports alone, once the options have been.</summary>
    /// <param name="options">The options.</param>
    /// <param name="wanted">The ports that a start needs.</param>
    /// <param name="facts">The machine.</param>
    /// <returns>The faults; empty where every port can be had.</returns>
    public static IReadOnlyList<SettingFault> JudgePorts(LabOptions options, IReadOnlyList<LabPortUse> wanted, MachineFacts facts)
    {
        FaultList faults = new(options);
        NetworkRules.JudgePorts(options, wanted, facts, faults);
        return faults.All;
    }

    /// <summary>Judges options. It takes any, also ones that no model can be made of.</summary>
    /// <param name="options">The options, as they were read.</param>
    /// <param name="ports">The lab's ports.</param>
    /// <param name="runtime">How the servers would run.</param>
    /// <param name="facts">The machine.</param>
    /// <returns>All faults; empty when the lab can be started.</returns>
    public static IReadOnlyList<SettingFault> Validate(LabOptions options, LabPorts ports, LabRuntimeKind runtime, MachineFacts facts)
    {
        FaultList faults = new(options);
        NameRules.Judge(options, facts, faults);
        NetworkRules.Judge(options, facts, faults);
        KafkaRules.Judge(options, faults);
        ServiceRules.Judge(options, faults);
        MemoryRules.Judge(options, faults);
        MemoryRules.JudgeSum(options, runtime, facts.TotalMemoryBytes, faults);
        if (!faults.Has("Lab:PortBase"))
            NetworkRules.JudgePorts(options, WantedPorts(options, ports, runtime), facts, faults);
        return faults.All;
    }
}
