using CdcLab.AppHost.Aspire.Control;
using CdcLab.AppHost.Aspire.Hosted;
using CdcLab.AppHost.Output;
using CdcLab.AppHost.Settings;
using CdcLab.Model;
using CdcLab.Model.Live;
using CdcLab.Model.Options;
using CdcLab.Runtime.Engine;
using CdcLab.Runtime.Standalone;
using CdcLab.Runtime.Standalone.Data;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace CdcLab.AppHost.Aspire;

/// <summary>Brings the lab up as an Aspire application: what can be refused is refused first, in one line each, then Aspire has it.</summary>
internal static class AspireRun
{
    // Aspire has ten seconds for each container, after the brokers.
    private static readonly TimeSpan AspiresOwnEnd = TimeSpan.FromSeconds(60);

    // An orchestrator whose application is gone takes its containers and processes down within fifteen seconds; what is left then it has lost.
    private static readonly TimeSpan OrchestratorsEnd = TimeSpan.FromSeconds(20);

    public static async Task<int> RunAsync(CommandLineSettings settings, IReadOnlyList<string> own)
    {
        StartProgress progress = new();
        (LabOptions options, IReadOnlyList<SettingFault> unreadable) = SettingsSources.Read(settings);
        DataDirectory directory = DataDirectory.Of(options);
        LabOpening.ThrowIfTaken(directory);
        LabPorts ports = FreePorts.Of(options.PortBase);
        if (Preparation.Print([.. unreadable, .. NotUnderAspire(options), .. LabValidation.Validate(options, ports, LabRuntimeKind.Container, MachineFactsReader.Read([], directory))]))
            return ExitCodes.CouldNotRun;
        using ContainerEngine engine = ContainerEngine.Find();
        EngineFacts facts = await engine.AskAsync(CancellationToken.None, without: "go back to the host that needs none with 'use standalone' (an Aspire application runs the lab as containers only)");
        Terminal.Line($"CdcLab: Aspire {BuildFacts.AspireVersion} host ({BuildFacts.HostBecause}), container runtime (Docker {facts.Version} answers, and Aspire runs nothing else).");

        // Names before ports: what our own dead lab left has both.
        bool wasKilled = File.Exists(directory.RunFilePath);
        await Leftovers.CleanBeforeStartAsync(directory, progress, CancellationToken.None);
        using HeldDataDirectory held = HeldDataDirectory.Take(directory);
        LabModel model = LabModel.From(options, ports, LabRuntimeKind.Container);
        await LabContainers.FreeNamesAsync(engine, model, directory, progress, CancellationToken.None);
        if (Preparation.Print(await JudgePortsAsync(model, directory, wasKilled ? OrchestratorsEnd : TimeSpan.Zero)))
            return ExitCodes.CouldNotRun;

        held.Open();
        LabContainers containers = new(engine, model, directory, held.Secrets);
        await containers.EnsureVolumesAsync(CancellationToken.None);
        LabValues values = new(model, EngineAbilities.Of(options, facts.EnforcesCaps), directory.Path, () => held.Secrets);
        try
        {
            await using DistributedApplication application = Make(own, values, held, containers, progress);
            await RunAsync(application);
        }
        finally
        {
            await containers.GoneAsync(OrchestratorsEnd);
        }

        Terminal.Line("Everything is stopped.");
        return ExitCodes.Ok;
    }

    private static async Task RunAsync(DistributedApplication application)
    {
        try
        {
            await application.RunAsync();
        }
        catch (OperationCanceledException)
        {
            // Told to stop while it started.
        }
        finally
        {
            // Also where the start was given up: then nobody asks the hosted services to stop.
            await application.Services.GetRequiredService<BrokersFirst>().StopAsync();
        }
    }

    private static DistributedApplication Make(IReadOnlyList<string> own, LabValues values, HeldDataDirectory held, LabContainers containers, StartProgress progress)
    {
        // Before the arguments of the command line, which win.
        string[] arguments =
        [
            .. DashboardAddresses.Of(values.Model),
            // The same for a data directory, so that a link outlives the run.
            $"--ASPIRE_DASHBOARD_FRONTEND_BROWSERTOKEN={held.Secrets.DashboardToken}",
            "--DcpPublisher:WaitForResourceCleanup=true",
            .. own,
        ];
        IDistributedApplicationBuilder builder = DistributedApplication.CreateBuilder(new DistributedApplicationOptions { Args = arguments, DisableDashboard = !values.Model.Options.Dashboard.Enabled });
        builder.AddCdcLab(values);

        // Its requests are nobody's concern; and what failed to start is told without a stack trace.
        builder.Services.AddLogging(logging => logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning).AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.None));
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = values.Model.Kafka.Brokers.Max(b => b.StopGrace) + AspiresOwnEnd);
        builder.Services.AddSingleton(values).AddSingleton(held).AddSingleton(containers).AddSingleton(progress);
        builder.Services.AddSingleton<ServiceProcesses>();
        builder.Services.AddSingleton<AspireLogs>();
        builder.Services.AddSingleton<ResourceStates>();
        builder.Services.AddSingleton<AspireControl>();
        builder.Services.AddSingleton<BrokersFirst>();
        builder.Services.AddSingleton<LiveDisplay>();
        builder.Services.AddHostedService<ControlService>();
        builder.Services.AddHostedService(services => services.GetRequiredService<LiveDisplay>());
        builder.Services.AddHostedService<LabProgress>();
        builder.Services.AddHostedService<BeforeLaunch>();
        builder.Services.AddHostedService<EndOfTerminal>();
        return builder.Build();
    }

    private static IEnumerable<SettingFault> NotUnderAspire(LabOptions options)
    {
        if (options.Runtime == LabRuntimeKind.Embedded)
            yield return new("Lab:Runtime", "embedded", "is not what an Aspire application can run", "leave it out, or use the other host: 'use standalone'");
        if (options.Dashboard.Path is { Length: > 0 } path)
            yield return new("Lab:Dashboard:Path", path, "is not heeded by an Aspire application, whose dashboard comes with its packages", "leave it out, or use the other host: 'use standalone'");
    }

    private static async Task<IReadOnlyList<SettingFault>> JudgePortsAsync(LabModel model, DataDirectory directory, TimeSpan patience)
    {
        DateTime deadline = DateTime.UtcNow + patience;
        IReadOnlyList<LabPortUse> wanted = [.. LabValidation.WantedPorts(model.Options, model.Ports, LabRuntimeKind.Container), .. DashboardAddresses.Ports(model)];
        while (true)
        {
            MachineFacts machine = MachineFactsReader.Read(wanted, directory);
            IReadOnlyList<SettingFault> taken = LabValidation.JudgePorts(model.Options, wanted, machine);
            if (taken.Count == 0 || DateTime.UtcNow >= deadline)
                return taken;
            await Task.Delay(250);
        }
    }
}
