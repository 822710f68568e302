using CdcLab.Clients.Market;
using CdcLab.Clients.Verifier;

namespace CdcLab.AppHost.Lab;

/// <summary>What the lab adds to a plain Aspire application, and how it is run.</summary>
internal static class LabHosting
{
    private const string Collector = "DOTNET_gcServer";

    // Aspire's own end after ours: ten seconds for each container, six for each process.
    private static readonly TimeSpan ShutdownLimit = TimeSpan.FromSeconds(120);

    // The watch takes two seconds for the processes and ten for the rest.
    private static readonly TimeSpan OrchestratorLimit = TimeSpan.FromSeconds(15);

    public static IDistributedApplicationBuilder CreateBuilder(LabSession lab)
    {
        string host = lab.Options.BindAddress == ServerRuntime.Loopback ? "localhost" : lab.Options.BindAddress;
        string[] arguments =
        [
            $"--ASPNETCORE_URLS=http://{host}:{lab.Ports.Dashboard}",
            $"--ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL=http://localhost:{lab.Ports.DashboardOtlp}",
            .. lab.Ports.ResourceService == 0 ? Array.Empty<string>() : [$"--ASPIRE_RESOURCE_SERVICE_ENDPOINT_URL=http://localhost:{lab.Ports.ResourceService}"],
            "--ASPIRE_ALLOW_UNSECURED_TRANSPORT=true",
            "--ASPIRE_VERSION_CHECK_DISABLED=true",
            // The same for a data directory, so that a link outlives the run.
            $"--ASPIRE_DASHBOARD_FRONTEND_BROWSERTOKEN={lab.Secrets.DashboardToken}",
            "--DcpPublisher:WaitForResourceCleanup=true",
            .. lab.AspireArguments,
        ];
        // Inherited by the dashboard, whose server collector would keep a heap for each core.
        if (Environment.GetEnvironmentVariable(Collector) is null)
            Environment.SetEnvironmentVariable(Collector, "0");
        IDistributedApplicationBuilder builder = DistributedApplication.CreateBuilder(new DistributedApplicationOptions { Args = arguments, DisableDashboard = !lab.Options.Dashboard.Enabled });
        // The lab has lines of its own for people; what failed is told by them without a stack trace.
        builder.Services.AddLogging(logging => logging
            .AddFilter("Microsoft", LogLevel.Warning)
            // A key ring that is made on a machine's first start is no news.
            .AddFilter("Microsoft.AspNetCore.DataProtection", LogLevel.Error)
            .AddFilter("Aspire.Hosting", LogLevel.Warning)
            // Hundreds of lines when the orchestrator is lost, and it is told in one.
            .AddFilter("Aspire.Hosting.Dcp.DcpExecutor", LogLevel.Critical)
            .AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.None)
            .AddFilter("Microsoft.Extensions.Diagnostics.HealthChecks", LogLevel.None));
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = ShutdownLimit);
        builder.Services.AddSingleton(lab).AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton<ResourceWatch>().AddSingleton<Faults>().AddSingleton<LabControls>().AddSingleton<Drills.DrillRunner>().AddSingleton<StartProgress>().AddSingleton<VerdictDisplay>().AddSingleton<VerdictFeed>();
        builder.Services.AddSingleton(_ => new VerifierClient(lab.VerifierAddress, lab.Secrets.Token));
        builder.Services.AddSingleton(_ => new MarketClient(new Uri($"http://{ServerRuntime.Loopback}:{lab.SimulatorPort}"), lab.Secrets.Token));
        builder.Services.AddHostedService<LabLifecycle>();
        builder.Services.AddSingleton<OrphanWatch>().AddSingleton<OrchestratorWatch>();
        builder.Eventing.Subscribe<BeforeStartEvent>((start, _) =>
        {
            start.Services.GetRequiredService<OrphanWatch>().Start();
            start.Services.GetRequiredService<OrchestratorWatch>().Start(lab.CleanUpAsync);
            return Task.CompletedTask;
        });
        return builder;
    }

    /// <summary>Runs an application until it is stopped, or until a work on it is done, whose token is cancelled when the application stops. Gives the exit code.</summary>
    public static async Task<int> RunAsync(LabSession lab, Func<LabSession, DistributedApplication> build, Func<IServiceProvider, CancellationToken, Task>? work = null)
    {
        LabTerminal.Line($"CdcLab: servers run as {(lab.Containers ? "containers" : "processes")}: {lab.Because}.");
        LabTerminal.Line($"Data: {lab.Folder}");
        if (lab.Options.Dashboard.Enabled)
            LabTerminal.Line($"Dashboard: {lab.DashboardLink}");
        await using DistributedApplication application = build(lab);
        lab.Announce();
        IHostApplicationLifetime lifetime = application.Services.GetRequiredService<IHostApplicationLifetime>();
        lifetime.ApplicationStopping.Register(() => LabTerminal.Line("Stopping: services, brokers, then ZooKeeper and MySQL."));
        using CancellationTokenSource ended = CancellationTokenSource.CreateLinkedTokenSource(lifetime.ApplicationStopping);
        application.Services.GetRequiredService<VerdictDisplay>().IsQuiet = work is not null;
        Task working = work is null ? Task.CompletedTask : WorkAsync(work);
        try
        {
            await application.RunAsync();
        }
        catch (OperationCanceledException)
        {
            // Told to stop while it started.
        }
        catch (Exception) when (Environment.ExitCode == OrchestratorWatch.ExitCode)
        {
            // What fails without an orchestrator; the watch cleans up and ends this process.
            await Task.Delay(OrchestratorLimit);
        }
        finally
        {
            await ended.CancelAsync();
        }

        await working;
        LabTerminal.Line("Everything is stopped.");
        return Environment.ExitCode;

        async Task WorkAsync(Func<IServiceProvider, CancellationToken, Task> work)
        {
            try
            {
                await work(application.Services, ended.Token);
            }
            finally
            {
                lifetime.StopApplication();
            }
        }
    }

    /// <summary>Adds a service that runs as the built program, without a <c>dotnet run</c> around it. It gets the lab's section of the configuration as it stands.</summary>
    public static IResourceBuilder<ProjectResource> AddService<TProject>(this IDistributedApplicationBuilder builder, [ResourceName] string name, int port, string bindAddress, string page, LabSession lab)
        where TProject : IProjectMetadata, new()
    {
        IResourceBuilder<ProjectResource> service = builder.AddProject<TProject>(name, launchProfileName: null)
            .WithAnnotation(new ExecutableAnnotation { Command = Program(new TProject().ProjectPath), WorkingDirectory = lab.Folder })
            .WithHttpEndpoint(port: port, name: "http", isProxied: false)
            .WithEndpoint("http", e => e.TargetHost = bindAddress)
            .WithHttpHealthCheck("/health", endpointName: "http")
            .WithUrlForEndpoint("http", url => (url.Url, url.DisplayText) = (page, $"{page} (JSON)"))
            // The dashboard ends before the services do; without it a last flush would hang for the exporter's ten seconds.
            .WithEnvironment("OTEL_EXPORTER_OTLP_TIMEOUT", "1000")
            .WithEnvironment("Lab__Token", lab.Secrets.Token);
        // They listen on plain HTTP; for what could have a certificate, Aspire warns on every machine that has none.
#pragma warning disable ASPIRECERTIFICATES001
        service.WithoutHttpsCertificate();
#pragma warning restore ASPIRECERTIFICATES001
        foreach ((string variable, string value) in LabConfiguration.ToVariables(lab.Options with { DataDirectory = lab.Folder }))
            service.WithEnvironment(variable, value);
        return service;
    }

    // Beside the project, in the same configuration and framework as this program.
    private static string Program(string projectPath)
    {
        DirectoryInfo framework = new(AppContext.BaseDirectory);
        return Path.Combine(Path.GetDirectoryName(projectPath)!, "bin", framework.Parent!.Name, framework.Name, Path.GetFileNameWithoutExtension(projectPath));
    }
}

/// <summary>Begins to watch before the first server starts, and ends the servers in an order that lets each end cleanly; Aspire alone would end all at once.</summary>
/// <remarks>A broker that is asked to stop at the same moment as ZooKeeper never finishes its controlled shutdown. Under the testing builder the host is stopped twice,
/// the second time when the orchestrator is gone: it is done once only.</remarks>
internal sealed class LabLifecycle(DistributedApplicationModel model, ResourceWatch watch, VerdictFeed feed, Faults faults, Drills.DrillRunner drills)
    : IHostedLifecycleService
{
    private readonly Lock _gate = new();
    private Task? _stopping;

    public Task StartingAsync(CancellationToken cancellationToken)
    {
        watch.Start();
        feed.Start();
        return Task.CompletedTask;
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    public Task StoppingAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
            return _stopping ??= StopAllAsync();
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    public async Task StoppedAsync(CancellationToken cancellationToken) => await watch.DisposeAsync();

    private async Task StopAllAsync()
    {
        // A drill puts back what it broke while there is something to put it back to.
        await drills.StopAsync();
        await feed.DisposeAsync();
        // What writes first, then the brokers, then ZooKeeper and MySQL. The controller is the last broker: the others hand their leaders over to it.
        int? controller = model.Resources.OfType<IZooKeeper>().FirstOrDefault() is { } zooKeeper ? await BrokerRegistration.ControllerAsync(zooKeeper) : null;
        foreach (IGrouping<int, IResource> group in model.Resources.Where(r => r is ProjectResource or IKafkaConnect or IKafkaBroker or ContainerResource or IMySqlServer or IZooKeeper)
            .GroupBy(r => r switch { ProjectResource or IKafkaConnect => 0, IMySqlServer or IZooKeeper => 3, IKafkaBroker b when b.Addresses.Id == controller => 2, _ => 1 }).OrderBy(g => g.Key))
            await Task.WhenAll(group.Select(StopAsync));
    }

    private async Task StopAsync(IResource resource)
    {
        try
        {
            await faults.StopAsync(resource, () => Task.FromResult(CommandResults.Success()), CancellationToken.None);
        }
        catch (IOException refused)
        {
            LabTerminal.Error($"{resource.Name} was not stopped in good order: {refused.Message}.");
        }
    }
}
