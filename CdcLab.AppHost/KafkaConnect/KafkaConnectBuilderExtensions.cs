using System.Text.Json;
using CdcLab.AppHost.Containers;
using CdcLab.Clients.Connect;

namespace Aspire.Hosting;

/// <summary>Adds a Kafka Connect worker and connectors on it; see the README beside this file.</summary>
internal static class KafkaConnectBuilderExtensions
{
    private const int ContainerPort = 8083;
    private const string Meaning = "No change of MySQL reaches Kafka until it runs again; it goes on where it was.";
    private static readonly TimeSpan StopGrace = TimeSpan.FromSeconds(20);

    /// <summary>Adds a worker, which waits for the cluster.</summary>
    public static IResourceBuilder<IKafkaConnect> AddKafkaConnect(
        this IDistributedApplicationBuilder builder, [ResourceName] string name, ServerRuntime runtime, IResourceBuilder<KafkaClusterResource> cluster, KafkaConnectSettings settings)
    {
        IResourceBuilder<IKafkaConnect> connect = runtime is ProcessRuntime processes
            ? builder.AddResource(new KafkaConnectProcess(name, settings.Port))
                // What is not used is not fetched: all is found when it is started.
                .RunAsProcess(processes, settings.MemoryCapBytes, StopGrace, Meaning, (_, _) => Task.CompletedTask, (_, stop) => ConnectProcess.PrepareAsync(processes, name, settings, stop))
                .WithHttpEndpoint(port: settings.Port, targetPort: settings.Port, name: IKafkaConnect.EndpointName, isProxied: false)
            : AsContainer(builder, name, (ContainerRuntime)runtime, settings);
        foreach ((string variable, IResourceBuilder<ParameterResource> value) in settings.Secrets)
            connect.WithEnvironment(variable, value);
        if (!settings.Starts)
            connect.WithExplicitStart();
        return connect
            .WithIconName("ArrowSync")
            .WaitFor(cluster)
            .WithHttpHealthCheck("/connectors", endpointName: IKafkaConnect.EndpointName)
            .WithUrlForEndpoint(IKafkaConnect.EndpointName, url => (url.Url, url.DisplayText) = ("/connectors?expand=status", "REST API"));
    }

    /// <summary>Adds a connector below a worker. It is registered each time the worker has come up, and has a state and commands of its own.</summary>
    public static IResourceBuilder<ConnectorResource> AddConnector(this IResourceBuilder<IKafkaConnect> worker, [ResourceName] string name, IReadOnlyList<ServerSetting> configuration)
    {
        ConnectorResource resource = new(name, worker.Resource);
        ConnectorFollower follower = new(resource, configuration);
        IResourceBuilder<ConnectorResource> connector = worker.ApplicationBuilder.AddResource(resource);
        worker.ApplicationBuilder.Services.AddHealthChecks().AddCheck($"{name}_check", follower);
        return connector
            .WithInitialState(new CustomResourceSnapshot { ResourceType = "Connector", State = KnownResourceStates.NotStarted, Properties = [] })
            .WithIconName("ArrowFlowUpRight")
            .WithParentRelationship(worker)
            .OnInitializeResource((_, e, _) =>
            {
                follower.Start(e);
                return Task.CompletedTask;
            })
            .WithHealthCheck($"{name}_check")
            .WithUrl(new Uri(worker.Resource.Address, $"connectors/{name}/status").AbsoluteUri, "state of connector and tasks")
            .WithUrl(new Uri(worker.Resource.Address, $"connectors/{name}/offsets").AbsoluteUri, "how far it has come")
            .WithConnectorCommand("pause", "Pause", "Pause", $"Pause {name}? {Meaning}", ConnectorFollower.Running, follower, (client, stop) => client.PauseAsync(stop))
            .WithConnectorCommand("resume", "Resume", "Play", null, null, follower, (client, stop) => client.ResumeAsync(stop))
            .WithConnectorCommand("restart", "Restart", "ArrowCounterclockwise", $"Restart {name} with its tasks? It goes on from the position that was stored last.", null, follower, (client, stop) => client.RestartAsync(stop))
            .WithConnectorCommand("configure", "Register anew", "Settings", $"Give {name} the configuration of this application again?", null, follower, (_, stop) => follower.ConfigureAsync(stop))
            .WithConnectorCommand(
                "snapshot", "Snapshot anew", "DatabaseArrowDown", $"Have {name} forget its position and read the tables anew? Every row is sent again.", null, follower, (client, stop) => SnapshotAsync(client, stop))
            .WithCommand(
                "configuration",
                "Show configuration",
                _ => Task.FromResult(CommandResults.Success("Configuration", Markdown(name, configuration), CommandResultFormat.Markdown, displayImmediately: true)),
                new CommandOptions { IconName = "Code" });
    }

    private static IResourceBuilder<KafkaConnectContainer> AsContainer(IDistributedApplicationBuilder builder, string name, ContainerRuntime runtime, KafkaConnectSettings settings)
    {
        IResourceBuilder<KafkaConnectContainer> container = builder.AddResource(new KafkaConnectContainer(name, settings.Port))
            .RunAsContainer(runtime, settings.Image, settings.MemoryCapBytes, StopGrace, Meaning)
            .WithHttpEndpoint(port: settings.Port, targetPort: ContainerPort, name: IKafkaConnect.EndpointName, isProxied: false)
            .WithEndpoint(IKafkaConnect.EndpointName, e => e.TargetHost = ServerRuntime.Loopback)
            .WithEnvironment("HEAP_OPTS", Heap(settings.HeapBytes / ByteSize.KiB));
        // The image has names of its own for these, from which it makes Connect's.
        Dictionary<string, string> own = new(StringComparer.Ordinal)
        {
            ["bootstrap.servers"] = "BOOTSTRAP_SERVERS",
            ["group.id"] = "GROUP_ID",
            ["config.storage.topic"] = "CONFIG_STORAGE_TOPIC",
            ["offset.storage.topic"] = "OFFSET_STORAGE_TOPIC",
            ["status.storage.topic"] = "STATUS_STORAGE_TOPIC",
            ["key.converter"] = "KEY_CONVERTER",
            ["value.converter"] = "VALUE_CONVERTER",
            ["offset.flush.interval.ms"] = "OFFSET_FLUSH_INTERVAL_MS",
        };
        foreach (ServerSetting setting in settings.Settings)
            container.WithEnvironment(own.GetValueOrDefault(setting.Name) ?? $"CONNECT_{setting.Name.Replace('.', '_').ToUpperInvariant()}", setting.Value);
        return container;
    }

    private static string Heap(long kibibytes) => $"-Xmx{kibibytes}k -Xms{kibibytes}k";

    // Connect deletes the offsets of a connector only where it is stopped and its tasks are gone.
    private static async Task SnapshotAsync(ConnectClient client, CancellationToken stop)
    {
        await client.StopAsync(stop);
        for (int tries = 0; await client.StatusAsync(stop) is { } status && (status.Connector.State != "STOPPED" || status.Tasks.Count > 0); tries++)
        {
            if (tries == 100)
                throw new ConnectException("The connector did not stop within 20 s.");
            await Task.Delay(200, stop);
        }

        await client.DeleteOffsetsAsync(stop);
        await client.ResumeAsync(stop);
    }

    private static string Markdown(string name, IReadOnlyList<ServerSetting> configuration)
    {
        string json = JsonSerializer.Serialize(new { name, config = configuration.ToDictionary(s => s.Name, s => s.Value) }, LabJson.Indented);
        return $"""
            ```json
            {json}
            ```
            To be sent to another worker: `POST /connectors`. The password comes from the environment of this application's worker; elsewhere write your own.

            | setting | why |
            |---|---|
            {string.Join('\n', configuration.Select(s => $"| `{s.Name}` | {s.Because} |"))}
            """;
    }

    private static IResourceBuilder<ConnectorResource> WithConnectorCommand(
        this IResourceBuilder<ConnectorResource> connector, string name, string displayName, string icon, string? confirmation, string? state, ConnectorFollower follower, Func<ConnectClient, CancellationToken, Task> execute) =>
        connector.WithCommand(
            name,
            displayName,
            async context =>
            {
                try
                {
                    await execute(follower.Client, context.CancellationToken);
                    await follower.BeginAnewAsync();
                    await follower.LookAsync(context.CancellationToken);
                    return CommandResults.Success();
                }
                catch (ConnectException refused)
                {
                    return CommandResults.Failure(refused.Message);
                }
            },
            new CommandOptions
            {
                IconName = icon,
                ConfirmationMessage = confirmation,
                UpdateState = context => context.ResourceSnapshot.State?.Text is var now && now != KnownResourceStates.NotStarted && now != ConnectorFollower.NoWorker && (state is null || now == state)
                    ? ResourceCommandState.Enabled
                    : ResourceCommandState.Disabled,
            });
}
