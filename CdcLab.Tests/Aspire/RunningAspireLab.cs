using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;
using CdcLab.Tests.Containers;
using CdcLab.Tests.Lab.Host;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace CdcLab.Tests.Aspire;

/// <summary>The whole Aspire application, run by Aspire's own testing builder: its Main, its orchestrator, real containers, under a name and ports of its own.</summary>
public sealed class RunningAspireLab : IAsyncLifetime
{
    // A machine that has none of the images must get them first.
    private static readonly TimeSpan StartLimit = TimeSpan.FromMinutes(10);

    private readonly ContainerWorld _world = new();
    private DistributedApplication? _application;

    /// <summary>The application.</summary>
    public DistributedApplication Application => _application ?? throw new InvalidOperationException("No engine answers, so that there is no application.");

    /// <summary>The commands of its resources.</summary>
    public ResourceCommandService Commands => Application.Services.GetRequiredService<ResourceCommandService>();

    /// <summary>What is left of it with the engine: containers, networks and volumes with its label.</summary>
    public Task<IReadOnlyList<string>> LeftAsync() => EngineUnderTest.LeftAsync(_world.World.Folder);

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        if (!EngineUnderTest.Answers)
            return;
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(StartLimit);
        // Without the stand-ins, the specification's own images.
        Dictionary<string, string> settings = new(EngineUnderTest.IsHere ? EngineUnderTest.Images : new Dictionary<string, string>(), StringComparer.Ordinal)
        {
            ["Lab:Name"] = _world.Name,
            ["Lab:DataDirectory"] = _world.DataDirectory,
            ["Lab:PortBase"] = _world.World.PortBase.ToString(),
            ["Lab:Verifier:MaxLatency"] = "30s",
        };
        string[] arguments = [.. settings.Select(s => $"--{s.Key.Replace("__", ":", StringComparison.Ordinal)}={s.Value}")];
        IDistributedApplicationTestingBuilder builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.CdcLab_AppHost>(arguments, limit.Token);
        _application = await builder.BuildAsync(limit.Token);
        await _application.StartAsync(limit.Token);
        foreach (string name in (string[])["mysql", "zookeeper", "kafka", "kafka-ui", "order-simulator"])
            await _application.ResourceNotifications.WaitForResourceHealthyAsync(name, limit.Token);
    }

    /// <summary>Stops the application; what it held of its data stays.</summary>
    public async Task StopAsync()
    {
        if (_application is { } running)
        {
            _application = null;
            await running.StopAsync(CancellationToken.None);
            await running.DisposeAsync();
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        if (EngineUnderTest.Answers)
            await AppHostProcess.RunAsync(_world.World, TimeSpan.FromMinutes(2), "reset", "--yes");
        _world.World.Dispose();
    }
}
