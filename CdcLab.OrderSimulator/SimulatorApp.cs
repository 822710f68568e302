using System.Net;
using CdcLab.Clients.Market;
using CdcLab.Clients.MySql;
using CdcLab.Model;
using CdcLab.Model.Live;
using CdcLab.Model.Schema;
using CdcLab.OrderSimulator.Api;
using CdcLab.OrderSimulator.Ledger;
using CdcLab.OrderSimulator.Trading;
using CdcLab.ServiceDefaults;

namespace CdcLab.OrderSimulator;

/// <summary>The service, put together from what the host handed over.</summary>
internal static class SimulatorApp
{
    /// <summary>What this service needs of a handover, beyond what every service needs.</summary>
    /// <param name="handover">The handover.</param>
    /// <returns>The key of what is missing, or null.</returns>
    public static string? Missing(ServiceHandover handover) =>
        handover.SimulatorPassword is null ? "Lab:Passwords:Simulator" : handover.Ports.Simulator == 0 ? "Lab:Ports:Simulator" : null;

    /// <summary>Builds the service; it is not started.</summary>
    /// <param name="handover">What the host handed over.</param>
    /// <param name="adjust">Changes the builder before the service is built; for tests.</param>
    public static WebApplication Build(ServiceHandover handover, Action<WebApplicationBuilder>? adjust = null)
    {
        // The content root is the program's own folder: an appsettings.json in the folder where somebody started the host is not ours to read.
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.AddServiceDefaults(ResourceNames.OrderSimulator, MarketFigures.SourceName);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = 64 * 1024;
            kestrel.Listen(IPAddress.Loopback, handover.Ports.Simulator);
        });
        // A worker's transaction gets three of the five seconds (MarketService); the rest of the service ends within the others.
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(4.5));
        AddMarket(builder.Services, handover);
        adjust?.Invoke(builder);

        WebApplication app = builder.Build();
        app.UseLabHosts("127.0.0.1", "localhost");
        app.MapDefaultEndpoints();
        MarketApi.Map(app, handover.Token);
        app.Services.GetRequiredService<MarketFigures>().Observe(app.Services.GetRequiredService<WorkSource>());
        return app;
    }

    private static void AddMarket(IServiceCollection services, ServiceHandover handover)
    {
        string mysql = MySqlConnectionStrings.Dedicated(handover.Ports.MySql, DatabaseUser.Simulator.Name, handover.SimulatorPassword!, OrdersSchema.Database);
        services.AddSingleton(new MarketSettings(handover.Options.Simulator, handover.Options.Simulator.Seed ?? Random.Shared.Next(), DateTimeOffset.UtcNow));
        services.AddSingleton(_ => new LedgerWriter(LedgerFolder.In(handover.DataDirectory)));
        services.AddSingleton<Reachability>();
        services.AddSingleton<MarketFigures>();
        services.AddSingleton(p => new WorkSource(p.GetRequiredService<MarketSettings>().Seed, handover.Options.Simulator.OrdersPerSecond, p.GetRequiredService<TimeProvider>()));
        services.AddSingleton<Func<StepRunner>>(p => () => new(
            async cancellationToken => await MySqlSession.OpenAsync(mysql, cancellationToken),
            p.GetRequiredService<LedgerWriter>().Append,
            p.GetRequiredService<Reachability>(),
            p.GetRequiredService<MarketFigures>(),
            p.GetRequiredService<TimeProvider>()));
        services.AddSingleton(p => ActivatorUtilities.CreateInstance<Upkeep>(p, mysql, p.GetRequiredService<Func<StepRunner>>()(), handover.Options.Simulator));
        services.AddSingleton<MarketService>();
        services.AddHostedService(p => p.GetRequiredService<MarketService>());
        services.AddSingleton<MarketView>();
        services.AddHealthChecks().AddCheck<MarketHealth>("market");
    }
}
