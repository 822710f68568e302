using System.Net;
using CdcLab.Clients.Connect;
using CdcLab.Clients.Market;
using CdcLab.Verifier;
using CdcLab.Verifier.Cdc;
using CdcLab.Verifier.Drills;
using CdcLab.Verifier.Probes;
using CdcLab.Verifier.Telemetry;
using Microsoft.AspNetCore.Connections;

// The content root is the program's own folder: an appsettings.json in the folder where somebody started the AppHost is not ours to read.
WebApplicationBuilder builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
ConfigurationManager configuration = builder.Configuration;
if (ServiceConfiguration.ReadLab(configuration, ResourceNames.Verifier) is not { } options
    || ServiceConfiguration.Require(configuration, ServiceConfiguration.TokenKey, ResourceNames.Verifier) is not { } token
    || ServiceConfiguration.Require(configuration, ServiceConfiguration.DataDirectoryKey, ResourceNames.Verifier) is null
    || ServiceConfiguration.Require(configuration, "ConnectionStrings:mysql-cdc", ResourceNames.Verifier) is not { } mySql
    || ServiceConfiguration.Require(configuration, "ConnectionStrings:kafka", ResourceNames.Verifier) is not { } bootstrap
    || ServiceConfiguration.Require(configuration, "services:order-simulator:http:0", ResourceNames.Verifier) is not { } market)
    return ServiceConfiguration.InvalidExitCode;

VerifiedLab lab = new(options, configuration["CDCLAB_CONTAINERS"] == "true", bootstrap);
builder.AddServiceDefaults(ResourceNames.Verifier, VerifierFigures.SourceName);
builder.WebHost.ConfigureKestrel(kestrel =>
{
    kestrel.AddServerHeader = false;
    kestrel.Limits.MaxRequestBodySize = 256 * 1024;
    kestrel.Listen(IPAddress.Parse(options.BindAddress), lab.Ports.Verifier);
});
builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(4));

IServiceCollection services = builder.Services;
services.AddSingleton(lab);
services.AddSingleton(_ => new MarketClient(new Uri(market), token: null));
services.AddSingleton(_ => new MySqlAccess(mySql));
services.AddSingleton<FiguresStore>();
services.AddSingleton<KafkaAccess>();
services.AddSingleton<ClusterSource>();
services.AddSingleton<SimulatorCheck>();
services.AddSingleton(p => new MarketDataCheck(p.GetRequiredService<MySqlAccess>(), p.GetRequiredService<MarketClient>(), lab.Ledger, p.GetRequiredService<TimeProvider>()));
services.AddSingleton<VerifierFigures>();
services.AddSingleton(p => new ProbeTraces(lab, () => p.GetRequiredService<ClusterSource>().Last));
services.AddSingleton<LatencyProbe>();
services.AddSingleton(_ => new ConnectClient(new Uri($"http://{VerifiedLab.Loopback}:{lab.Ports.Connect}"), ResourceNames.OrdersCdc));
services.AddSingleton<ChangeFollower>();
services.AddSingleton<AllChecks>();
services.AddSingleton(p => new CheckRunner(
    p.GetRequiredService<AllChecks>().InOrder,
    promise => p.GetRequiredService<FiguresStore>().Last?.NotPossibleHere.Any(n => n.Id == promise.Id) != true
        && (promise.Resource is not (ResourceNames.Connect or ResourceNames.OrdersCdc) || p.GetRequiredService<ChangeFollower>().IsWanted),
    options.Verifier.Interval,
    p.GetRequiredService<TimeProvider>()));
services.AddSingleton<Causes>();
services.AddSingleton<Reporter>();
services.AddSingleton<DrillDesk>();
services.AddHostedService(p => p.GetRequiredService<LatencyProbe>());
services.AddHostedService(p => p.GetRequiredService<ChangeFollower>());
services.AddHostedService<CheckService>();

await using WebApplication app = builder.Build();
// Loopback's names, and those by which a lab that was opened to others is called.
app.UseLabHosts("127.0.0.1", "localhost", options.BindAddress, options.Kafka.AdvertisedHost, Environment.MachineName);
app.MapDefaultEndpoints();
app.MapGet("/v1/report", (Reporter reporter) => Results.Json(reporter.Report(), LabJson.Options));
app.MapPost("/v1/look", async (CheckRunner runner, Reporter reporter, CancellationToken cancellationToken) =>
{
    await runner.LookAsync(cancellationToken);
    return Results.Json(reporter.Report(), LabJson.Options);
}).RequireLabToken(token);
app.MapGet("/v1/set-back", (MarketDataCheck data) => Results.Json(data.SetBack, LabJson.Options)).RequireLabToken(token);
app.MapPost("/v1/figures", async (HttpRequest request, FiguresStore figures, CancellationToken cancellationToken) =>
{
    if (await request.ReadFromJsonAsync<LabFigures>(LabJson.Options, cancellationToken) is not { } sent)
        return Results.BadRequest();
    figures.Take(sent);
    return Results.NoContent();
}).RequireLabToken(token);
app.MapPost("/v1/changes", (ChangeFollower changes, TimeProvider time, bool beginAnew) => changes.Track is { } track
    ? Results.Json(track.Figures(time.GetUtcNow().UtcDateTime, beginAnew), LabJson.Options)
    : Results.Conflict("No change is followed: Kafka Connect was not started.")).RequireLabToken(token);
app.MapDrills(token);
app.Services.GetRequiredService<VerifierFigures>().Observe(
    app.Services.GetRequiredService<CheckRunner>(), app.Services.GetRequiredService<ClusterSource>(), app.Services.GetRequiredService<FiguresStore>());
try
{
    await app.RunAsync();
}
catch (IOException e) when (e.InnerException is AddressInUseException)
{
    ServiceConfiguration.Fail(ResourceNames.Verifier, $"port {lab.Ports.Verifier} is already in use.");
    return 1;
}

return 0;
