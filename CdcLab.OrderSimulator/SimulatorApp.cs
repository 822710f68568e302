using CdcLab.Clients.MySql;
using CdcLab.OrderSimulator.Api;
using CdcLab.OrderSimulator.Trading;

namespace CdcLab.OrderSimulator;

/// <summary>What the AppHost configures the service with, and what is drawn at the start.</summary>
internal sealed record SimulatorSettings(SimulatorOptions Options, int Port, string ConnectionString, string Token, string LedgerFolder)
{
    private const string ConnectionKey = "ConnectionStrings:mysql-orders";

    public int Seed { get; } = Options.Seed ?? Random.Shared.Next();

    public DateTimeOffset StartedAt { get; } = DateTimeOffset.UtcNow;

    /// <summary>Reads them. Each missing or wrong value is one line on stderr, and then the result is null.</summary>
    public static SimulatorSettings? Read(IConfiguration configuration)
    {
        const string Service = ResourceNames.OrderSimulator;
        LabOptions? lab = ServiceConfiguration.ReadLab(configuration, Service);
        string? token = ServiceConfiguration.Require(configuration, ServiceConfiguration.TokenKey, Service);
        string? dataDirectory = ServiceConfiguration.Require(configuration, ServiceConfiguration.DataDirectoryKey, Service);
        string? given = ServiceConfiguration.Require(configuration, ConnectionKey, Service);
        string? connectionString = given is null ? null : Dedicated(given);
        int? port = ServiceConfiguration.RequirePort(configuration, Service);
        return lab is null || token is null || dataDirectory is null || connectionString is null || port is null
            ? null
            : new(lab.Simulator, port.Value, connectionString, token, Clients.Market.LedgerFolder.In(dataDirectory));
    }

    // Each worker keeps its connection: no pool, short time limits.
    private static string? Dedicated(string connectionString)
    {
        try
        {
            MySqlConnectionStringBuilder given = new(connectionString);
            return new MySqlConnectionStringBuilder(MySqlConnectionStrings.Dedicated((int)given.Port, given.UserID, given.Password, given.Database)) { Server = given.Server }.ConnectionString;
        }
        catch (ArgumentException)
        {
            // Neither the value nor the exception is shown: both can contain the password.
            ServiceConfiguration.Fail(ResourceNames.OrderSimulator, $"{ConnectionKey}: cannot be read; use Server=127.0.0.1;Port=3306;User ID=USER;Password=PASSWORD;Database=DATABASE");
            return null;
        }
    }
}

internal static class SimulatorApp
{
    /// <summary>Makes a builder that reads no appsettings.json from the folder where the AppHost was started.</summary>
    public static WebApplicationBuilder CreateBuilder() => WebApplication.CreateSlimBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });

    public static WebApplication Build(WebApplicationBuilder builder, SimulatorSettings settings)
    {
        builder.AddServiceDefaults(ResourceNames.OrderSimulator, MarketFigures.SourceName);
        builder.WebHost.UseUrls($"http://127.0.0.1:{settings.Port}");
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = 64 * 1024;
        });

        IServiceCollection services = builder.Services;
        // The orchestrator sends SIGKILL 6 s after SIGTERM. Transactions get 3 s of these (MarketService).
        services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(4.5));
        services.AddSingleton(settings);
        services.AddSingleton(p =>
        {
            LedgerWriter ledger = new(settings.LedgerFolder);
            ledger.AppendStart(MarketStep.Now(p.GetRequiredService<TimeProvider>()));
            return ledger;
        });
        services.AddSingleton<Reachability>();
        services.AddSingleton<MarketFigures>();
        services.AddSingleton(p => new WorkSource(settings.Seed, settings.Options.OrdersPerSecond, p.GetRequiredService<TimeProvider>()));
        services.AddSingleton<Func<StepRunner>>(p => () => new(
            async cancellationToken => new MySqlSession(await MySqlSession.ConnectAsync(settings.ConnectionString, cancellationToken)),
            p.GetRequiredService<LedgerWriter>().Append,
            p.GetRequiredService<Reachability>(),
            p.GetRequiredService<MarketFigures>(),
            p.GetRequiredService<TimeProvider>()));
        services.AddSingleton<Maintenance>();
        services.AddSingleton<MarketService>();
        services.AddHostedService(p => p.GetRequiredService<MarketService>());
        services.AddSingleton<MarketApi>();
        services.AddHealthChecks().AddCheck<MarketHealth>("market");

        WebApplication app = builder.Build();
        app.UseLabHosts("127.0.0.1", "localhost");
        app.MapDefaultEndpoints();
        app.Services.GetRequiredService<MarketApi>().Map(app);
        app.Services.GetRequiredService<MarketFigures>().Observe(app.Services.GetRequiredService<WorkSource>());
        return app;
    }
}
