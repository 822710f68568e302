using System.Net;
using CdcLab.Clients.Control;
using CdcLab.Clients.Kafka;
using CdcLab.Clients.Market;
using CdcLab.Model;
using CdcLab.Model.Live;
using CdcLab.Model.Options;
using CdcLab.ServiceDefaults;
using CdcLab.Verifier;
using CdcLab.Verifier.Api;
using CdcLab.Verifier.Checks;
using CdcLab.Verifier.Probes;
using CdcLab.Verifier.Report;
using CdcLab.Verifier.Sources;
using CdcLab.Verifier.Telemetry;
using Microsoft.AspNetCore.Connections;

if (HandoverReading.TryRead(ResourceNames.Verifier, Missing) is not { } handover)
    return HandoverReading.BadHandover;

LabModel model = LabModel.From(handover.Options, handover.Ports, handover.Abilities.Runtime == "container" ? LabRuntimeKind.Container : LabRuntimeKind.Embedded);

// The content root is the program's own folder: an appsettings.json in the folder where somebody started the host is not ours to read.
WebApplicationBuilder builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
builder.AddServiceDefaults(ResourceNames.Verifier, VerifierFigures.SourceName);
builder.WebHost.ConfigureKestrel(kestrel =>
{
    kestrel.AddServerHeader = false;
    kestrel.Limits.MaxRequestBodySize = 64 * 1024;
    kestrel.Listen(IPAddress.Parse(handover.Options.BindAddress), handover.Ports.Verifier);
});
builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(4));

IServiceCollection services = builder.Services;
services.AddSingleton(handover);
services.AddSingleton(model);
services.AddSingleton(_ => new KafkaAdmin(model.Kafka.ExternalBootstrap, handover.Abilities.KafkaClientSettings));
services.AddSingleton(p => KafkaTopics.Of(model, handover.Abilities, p.GetRequiredService<KafkaAdmin>()));
services.AddSingleton(_ => new ControlClient(handover.Ports.Control, handover.Token));
services.AddSingleton(_ => new MarketClient(handover.Ports.Simulator, token: null));
services.AddSingleton<ClusterSource>();
services.AddSingleton<BrokerSettingsSource>();
services.AddSingleton<ResourceSource>();
services.AddSingleton(p => new InsideSource(p.GetRequiredService<ControlClient>().AskInsideAsync, p.GetRequiredService<TimeProvider>()));
services.AddSingleton<VerifierFigures>();
services.AddSingleton(p => new ProbeTraces(model, () => p.GetRequiredService<ClusterSource>().Last(2 * handover.Options.Verifier.Interval)));
services.AddSingleton(p => new LatencyProbe(
    model,
    handover,
    p.GetRequiredService<IKafkaTopics>(),
    p.GetRequiredService<VerifierFigures>(),
    p.GetRequiredService<ProbeTraces>(),
    p.GetRequiredService<TimeProvider>(),
    p.GetRequiredService<ILogger<LatencyProbe>>()));
services.AddSingleton<LabChecks>();
services.AddSingleton(p => new CheckRunner(p.GetRequiredService<LabChecks>().All(), handover.Abilities, handover.Options.Verifier.Interval, p.GetRequiredService<TimeProvider>()));
services.AddSingleton<Reporter>();
services.AddHostedService(p => p.GetRequiredService<LatencyProbe>());
services.AddHostedService<CheckService>();
services.AddHealthChecks().AddCheck<VerifierHealthCheck>(ResourceNames.Verifier);

await using WebApplication app = builder.Build();
// Loopback's names, and those by which a lab that was opened to others is called.
app.UseLabHosts("127.0.0.1", "localhost", handover.Options.BindAddress, handover.Options.Kafka.AdvertisedHost, Environment.MachineName);
app.MapDefaultEndpoints();
VerifierApi.Map(app, handover.Token);
TimeSpan maxAge = 2 * handover.Options.Verifier.Interval;
ClusterSource cluster = app.Services.GetRequiredService<ClusterSource>();
ResourceSource resources = app.Services.GetRequiredService<ResourceSource>();
app.Services.GetRequiredService<VerifierFigures>().Observe(app.Services.GetRequiredService<CheckRunner>(), () => cluster.Last(maxAge), () => resources.Last(maxAge));
try
{
    await app.RunAsync();
}
catch (IOException e) when (e.InnerException is AddressInUseException)
{
    await Console.Error.WriteLineAsync($"{ResourceNames.Verifier}: port {handover.Ports.Verifier} is taken.");
    return 1;
}

return 0;

static string? Missing(ServiceHandover handover) =>
    handover.DebeziumPassword is null ? "Lab:Passwords:Debezium"
    : handover.Ports.Verifier == 0 ? "Lab:Ports:Verifier"
    : handover.Ports.Control == 0 ? "Lab:Ports:Control"
    : handover.Ports.Simulator == 0 ? "Lab:Ports:Simulator"
    : IPAddress.TryParse(handover.Options.BindAddress, out _) ? null
    : "an IPv4 address in Lab:BindAddress";
