using CdcLab.Clients.Market;
using CdcLab.Clients.Verifier;

namespace CdcLab.AppHost.Lab;

/// <summary>What the lab adds to a plain Aspire application, and how it is run.</summary>
internal static class LabHosting
{
    // Aspire's own end after ours: ten seconds for each container, six for each process.
    private static readonly TimeSpan ShutdownLimit = TimeSpan.FromSeconds(120);

    /// <summary>Makes the application's builder.</summary>
    /// <param name="lab">The lab.</param>
    /// <returns>The builder, with everything but the resources.</returns>
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
        IDistributedApplicationBuilder builder = DistributedApplication.CreateBuilder(new DistributedApplicationOptions { Args = arguments, DisableDashboard = !lab.Options.Dashboard.Enabled });
        // The lab has lines of its own for people; what failed is told by them without a stack trace.
        builder.Services.AddLogging(logging => logging
            .AddFilter("Microsoft", LogLevel.Warning)
            .AddFilter("Aspire.Hosting", LogLevel.Warning)
            .AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.None)
            .AddFilter("Microsoft.Extensions.Diagnostics.HealthChecks", LogLevel.None));
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = ShutdownLimit);
        builder.Services.AddSingleton(lab).AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton<ResourceWatch>().AddSingleton<Faults>().AddSingleton<StartProgress>().AddSingleton<VerdictDisplay>().AddSingleton<VerdictFeed>();
        builder.Services.AddSingleton(_ => new VerifierClient(lab.VerifierAddress, lab.Token));
        builder.Services.AddSingleton(_ => new MarketClient(new Uri($"http://{ServerRuntime.Loopback}:{lab.SimulatorPort}"), lab.Token));
        builder.Services.AddHostedService(s => s.GetRequiredService<ResourceWatch>());
        builder.Services.AddHostedService(s => s.GetRequiredService<VerdictFeed>());
        builder.Services.AddHostedService<OrderlyStop>();
        builder.Services.AddHostedService<OrphanWatch>();
        builder.Services.AddHostedService<OrchestratorWatch>();
        return builder;
    }

    /// <summary>Runs an application until it is stopped, or until a work on it is done.</summary>
    /// <param name="lab">The lab.</param>
    /// <param name="build">Adds the resources and builds.</param>
    /// <param name="work">What is done while it runs; null to run until it is stopped. Its token is cancelled when the application stops.</param>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(LabSession lab, Func<LabSession, DistributedApplication> build, Func<IServiceProvider, CancellationToken, Task>? work = null)
    {
        LabTerminal.Line($"CdcLab: servers run as {(lab.Containers ? "containers" : "processes")} ({lab.Because}). Data: {lab.Folder}");
        if (lab.Options.Dashboard.Enabled)
            LabTerminal.Line($"Dashboard: {lab.DashboardLink}");
        await using DistributedApplication application = build(lab);
        lab.Announce();
        StartProgress progress = application.Services.GetRequiredService<StartProgress>();
        IHostApplicationLifetime lifetime = application.Services.GetRequiredService<IHostApplicationLifetime>();
        lifetime.ApplicationStopping.Register(() =>
        {
            progress.IsStopping();
            LabTerminal.Line("Stopping: services, brokers, then ZooKeeper and MySQL.");
        });
        using CancellationTokenSource ended = CancellationTokenSource.CreateLinkedTokenSource(lifetime.ApplicationStopping);
        Task working = work is null ? Task.CompletedTask : WorkAsync(application.Services, ended.Token);
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
            await ended.CancelAsync();
        }

        await working;
        LabTerminal.Line("Everything is stopped.");
        return Environment.ExitCode;

        async Task WorkAsync(IServiceProvider services, CancellationToken stop)
        {
            try
            {
                await work(services, stop);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                // The application was stopped before the work was done.
            }
            finally
            {
                lifetime.StopApplication();
            }
        }
    }
}
