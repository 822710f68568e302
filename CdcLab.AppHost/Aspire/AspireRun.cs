using CdcLab.AppHost.Output;
using CdcLab.AppHost.Settings;
using CdcLab.Model;
using CdcLab.Model.Options;
using CdcLab.Runtime.Standalone;
using CdcLab.Runtime.Standalone.Data;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace CdcLab.AppHost.Aspire;

/// <summary>Brings the lab up as an Aspire application: what can be refused is refused first, in one line each, then Aspire has it.</summary>
internal static class AspireRun
{
    // Brokers have a minute of grace, and Aspire ten seconds for each of the rest after them.
    private static readonly TimeSpan ShutdownLimit = TimeSpan.FromSeconds(120);

    public static async Task<int> RunAsync(CommandLineSettings settings, IReadOnlyList<string> own)
    {
        StartProgress progress = new();
        (LabOptions options, IReadOnlyList<SettingFault> unreadable) = SettingsSources.Read(settings);
        DataDirectory directory = DataDirectory.Of(options);
        LabOpening.ThrowIfTaken(directory);
        if (options.Runtime == LabRuntimeKind.Embedded)
            unreadable = [.. unreadable, new("Lab:Runtime", "embedded", "is not what an Aspire application can run", "leave it out, or use the other host: 'use standalone'")];

        using LabEngine engine = new();
        string version = await engine.VersionAsync(CancellationToken.None);
        await Leftovers.CleanBeforeStartAsync(directory, progress, CancellationToken.None);
        LabPorts ports = FreePorts.Of(options.PortBase);
        LabModel model = LabModel.From(options, ports, LabRuntimeKind.Container);

        // Names before ports: what our own dead lab left has both.
        await FreeContainerNames.EnsureAsync(engine, model, directory, progress, CancellationToken.None);
        if (Preparation.Print([.. unreadable, .. Judge(options, ports, directory)]))
            return ExitCodes.CouldNotRun;

        Terminal.Line($"CdcLab: Aspire {BuildFacts.AspireVersion} host ({BuildFacts.HostBecause}), container runtime (Docker {version} answers, and Aspire runs nothing else).");
        using HeldDataDirectory held = HeldDataDirectory.Take(directory);
        LabSecrets secrets = held.Secrets;
        LabValues values = new(model, ContainerAbilities.Of(model), directory.Path, () => new(secrets.Root, secrets.Debezium, secrets.Simulator, secrets.KafkaUi, secrets.Token));

        await using DistributedApplication application = Make(own, values, held, engine);
        await application.RunAsync();
        Terminal.Line("Everything is stopped.");
        return ExitCodes.Ok;
    }

    private static DistributedApplication Make(IReadOnlyList<string> own, LabValues values, HeldDataDirectory held, LabEngine engine)
    {
        // Before the arguments of the command line, which win.
        string[] arguments = [.. DashboardAddresses.Of(values.Model), "--DcpPublisher:WaitForResourceCleanup=true", .. own];
        IDistributedApplicationBuilder builder = DistributedApplication.CreateBuilder(new DistributedApplicationOptions { Args = arguments, DisableDashboard = !values.Model.Options.Dashboard.Enabled });
        builder.AddCdcLab(values);
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = ShutdownLimit);
        builder.Services.AddSingleton(values).AddSingleton(held).AddSingleton(engine);
        builder.Services.AddSingleton<ServiceProcesses>();
        builder.Services.AddSingleton<AspireControl>();
        builder.Services.AddHostedService<ControlService>();
        builder.Services.AddHostedService<EndOfTerminal>();
        builder.AddLabCommands(values.Model);
        return builder.Build();
    }

    private static IReadOnlyList<SettingFault> Judge(LabOptions options, LabPorts ports, DataDirectory directory)
    {
        IReadOnlyList<LabPortUse> wanted = LabValidation.WantedPorts(options, ports, LabRuntimeKind.Container);
        return LabValidation.Validate(options, ports, LabRuntimeKind.Container, MachineFactsReader.Read(wanted, directory));
    }
}
