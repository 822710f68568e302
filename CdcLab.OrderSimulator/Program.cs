using CdcLab.OrderSimulator;
using CdcLab.OrderSimulator.Trading;
using Microsoft.AspNetCore.Connections;

WebApplicationBuilder builder = SimulatorApp.CreateBuilder();
if (SimulatorSettings.Read(builder.Configuration) is not { } settings)
    return ServiceConfiguration.InvalidExitCode;

await using WebApplication app = SimulatorApp.Build(builder, settings);
// Resolved now, because RunAsync disposes of the services when it ends.
MarketService market = app.Services.GetRequiredService<MarketService>();
try
{
    await app.RunAsync();
}
catch (IOException e) when (e.InnerException is AddressInUseException)
{
    ServiceConfiguration.Fail(ResourceNames.OrderSimulator, $"port {settings.Port} is already in use.");
    return 1;
}

return market.HasFailed ? 1 : 0;
