using CdcLab.Model;
using CdcLab.OrderSimulator;
using CdcLab.OrderSimulator.Trading;
using CdcLab.ServiceDefaults;
using Microsoft.AspNetCore.Connections;

if (HandoverReading.TryRead(ResourceNames.OrderSimulator, SimulatorApp.Missing) is not { } handover)
    return HandoverReading.BadHandover;

await using WebApplication app = SimulatorApp.Build(handover);
// Asked for now: RunAsync disposes of the services when it ends.
MarketService market = app.Services.GetRequiredService<MarketService>();
try
{
    await app.RunAsync();
}
catch (IOException e) when (e.InnerException is AddressInUseException)
{
    await Console.Error.WriteLineAsync($"{ResourceNames.OrderSimulator}: port {handover.Ports.Simulator} is taken.");
    return 1;
}

return market.HasFailed ? 1 : 0;
