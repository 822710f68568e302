using CdcLab.AppHost.Output;
using CdcLab.Model;
using CdcLab.Model.Options;
using CdcLab.Runtime.Standalone;
using CdcLab.Runtime.Standalone.Data;

namespace CdcLab.AppHost.Settings;

/// <summary>From settings to a plan that can be started, or all the reasons why not.</summary>
internal static class Preparation
{
    /// <summary>The options, where every setting could be read.</summary>
    /// <returns>Null after every fault was printed.</returns>
    public static LabOptions? Options(CommandLineSettings settings)
    {
        (LabOptions options, IReadOnlyList<SettingFault> faults) = SettingsSources.Read(settings);
        return Print(faults) ? null : options;
    }

    /// <summary>A plan for a lab in the data directory that the settings name.</summary>
    /// <returns>Null after every fault was printed.</returns>
    public static async Task<LabPlan?> PlanAsync(CommandLineSettings settings, ILabEvents events, CancellationToken cancellationToken)
    {
        (LabOptions options, IReadOnlyList<SettingFault> unreadable) = SettingsSources.Read(settings);
        DataDirectory directory = DataDirectory.Of(options);
        LabOpening.ThrowIfTaken(directory);

        // Before the ports are looked at: what a killed host left still has them.
        await Leftovers.CleanBeforeStartAsync(directory, events, cancellationToken);
        return Judge(options, directory, directory, unreadable);
    }

    /// <summary>A plan for a one-shot lab: free ports, and a data directory that is made later.</summary>
    /// <returns>Null after every fault was printed.</returns>
    public static async Task<LabPlan?> TemporaryPlanAsync(CommandLineSettings settings, DataDirectory directory, ILabEvents events, CancellationToken cancellationToken)
    {
        (LabOptions options, IReadOnlyList<SettingFault> unreadable) = SettingsSources.Read(settings);
        await Leftovers.CleanBeforeStartAsync(directory, events, cancellationToken);
        LabOptions used = options with { PortBase = options.PortBase == 0 ? FreePorts.Base() : options.PortBase };

        // The folder that somebody has set is judged, although this lab does not use it: the mistake is the same.
        LabPlan? plan = Judge(used, directory, options.DataDirectory is null ? null : DataDirectory.Of(options), unreadable);
        return plan is null ? null : plan with { Options = used with { DataDirectory = directory.Path } };
    }

    private static LabPlan? Judge(LabOptions options, DataDirectory directory, DataDirectory? judged, IReadOnlyList<SettingFault> unreadable)
    {
        LabPorts ports = FreePorts.Of(options.PortBase);
        IReadOnlyList<LabPortUse> wanted = LabValidation.WantedPorts(options, ports, LabRuntimeKind.Embedded);
        IReadOnlyList<SettingFault> impossible = LabValidation.Validate(options, ports, LabRuntimeKind.Embedded, MachineFactsReader.Read(wanted, judged, options.Dashboard.Path));
        return Print([.. unreadable, .. impossible]) ? null : new LabPlan(options, ports, directory, Programs.Find(), LabRuntimeKind.Embedded);
    }

    /// <summary>Prints every fault.</summary>
    /// <returns>Whether there was any.</returns>
    public static bool Print(IReadOnlyList<SettingFault> faults)
    {
        foreach (SettingFault fault in faults)
            Terminal.Error(fault.ToString());
        return faults.Count > 0;
    }
}
