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

    /// <summary>The picture of a lab in containers that runs somewhere else, or is run by somebody else: its settings are judged, this machine is not.</summary>
    /// <returns>Null after every fault was printed.</returns>
    public static LabModel? ContainerModel(CommandLineSettings settings)
    {
        (LabOptions options, IReadOnlyList<SettingFault> unreadable) = SettingsSources.Read(settings);
        return ContainerModel(options, unreadable);
    }

    /// <summary>The same, of options that were read elsewhere.</summary>
    /// <returns>Null after every fault was printed.</returns>
    public static LabModel? ContainerModel(LabOptions options, IReadOnlyList<SettingFault> unreadable)
    {
        LabPorts ports = FreePorts.Of(options.PortBase);
        IReadOnlyList<SettingFault> impossible = LabValidation.Validate(options, ports, LabRuntimeKind.Container, new() { UserIsRoot = true });
        return Print([.. unreadable, .. impossible]) ? null : LabModel.From(options, ports, LabRuntimeKind.Container);
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
        return Judge(options, directory, directory, unreadable, await RuntimeChoice.MakeAsync(options, directory, cancellationToken));
    }

    /// <summary>A plan for a one-shot lab: free ports, and a data directory that is made later.</summary>
    /// <returns>Null after every fault was printed.</returns>
    public static async Task<LabPlan?> TemporaryPlanAsync(CommandLineSettings settings, DataDirectory directory, ILabEvents events, CancellationToken cancellationToken)
    {
        (LabOptions options, IReadOnlyList<SettingFault> unreadable) = SettingsSources.Read(settings);
        await Leftovers.CleanBeforeStartAsync(directory, events, cancellationToken);
        RuntimeChoice choice = await RuntimeChoice.MakeAsync(options, directory, cancellationToken);
        LabOptions used = options with
        {
            PortBase = options.PortBase == 0 ? FreePorts.Base() : options.PortBase,
            // Its containers and volumes are nobody else's: a lab of the given name may run beside it.
            Name = choice.Runtime == LabRuntimeKind.Container ? Path.GetFileName(directory.Path) : options.Name,
        };

        // The folder that somebody has set is judged, although this lab does not use it: the mistake is the same.
        LabPlan? plan = Judge(used, directory, options.DataDirectory is null ? null : DataDirectory.Of(options), unreadable, choice);
        return plan is null ? null : plan with { Options = used with { DataDirectory = directory.Path } };
    }

    private static LabPlan? Judge(LabOptions options, DataDirectory directory, DataDirectory? judged, IReadOnlyList<SettingFault> unreadable, RuntimeChoice choice)
    {
        LabPorts ports = FreePorts.Of(options.PortBase);
        IReadOnlyList<LabPortUse> wanted = LabValidation.WantedPorts(options, ports, choice.Runtime);
        IReadOnlyList<SettingFault> impossible = LabValidation.Validate(options, ports, choice.Runtime, MachineFactsReader.Read(wanted, judged, options.Dashboard.Path));
        return Print([.. unreadable, .. impossible]) ? null : new LabPlan(options, ports, directory, Programs.Find(), choice.Runtime) { Because = choice.Because };
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
