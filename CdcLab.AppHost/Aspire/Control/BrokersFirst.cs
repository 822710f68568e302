using CdcLab.AppHost.Output;
using CdcLab.Model;
using CdcLab.Runtime;
using CdcLab.Runtime.Engine;

namespace CdcLab.AppHost.Aspire.Control;

/// <summary>The end of the brokers before the end of all: told to stop together with ZooKeeper, as Aspire tells them, they never finish their controlled shutdown, and it would leave them ten seconds.</summary>
internal sealed class BrokersFirst(AspireControl control, LabContainers containers, LabValues values)
{
    private readonly Lock _lock = new();
    private Task? _stopped;

    /// <summary>Stops them with the grace of the model; asked again, it waits for the same.</summary>
    public Task StopAsync()
    {
        lock (_lock)
        {
            return _stopped ??= StopOnceAsync();
        }
    }

    private async Task StopOnceAsync()
    {
        control.IsBeingStopped();
        await TryAsync(ResourceNames.ZooKeeper, () => control.ResumeIfPausedAsync(ResourceNames.ZooKeeper));
        await Task.WhenAll(values.Model.Kafka.Brokers.Select(async broker =>
        {
            await TryAsync(broker.Name, () => control.ResumeIfPausedAsync(broker.Name));
            await TryAsync(broker.Name, () => containers.StopAsync(broker.Name, broker.StopGrace, CancellationToken.None));
        }));
    }

    // Aspire goes on and stops what it can.
    private static async Task TryAsync(string name, Func<Task> action)
    {
        try
        {
            await action();
        }
        catch (LabControlException unreachable)
        {
            Terminal.Error($"{name} could not be stopped with its own grace: {unreachable.Message}");
        }
    }
}
