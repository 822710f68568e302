using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using CdcLab.AppHost.Aspire;
using CdcLab.Model;
using CdcLab.Model.Live;
using CdcLab.Model.Options;
using CdcLab.Runtime.Standalone.Data;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace CdcLab.Tests.Aspire;

/// <summary>The lab as an application model that is never started: no orchestrator, no engine.</summary>
internal sealed class LabUnderTest : IDisposable
{
    /// <summary>What a container would be told as the host of a process outside.</summary>
    public const string OnTheHost = "on.the.host";

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    private readonly IDistributedApplicationBuilder _builder;
    private readonly DistributedApplication _application;

    public LabUnderTest(LabOptions? options = null)
    {
        Model = LabModel.From(options ?? new LabOptions(), LabPorts.From(options?.PortBase ?? 0) with { Control = 40001, Simulator = 40002 }, LabRuntimeKind.Container);
        _builder = DistributedApplication.CreateBuilder(new DistributedApplicationOptions { Args = [], AssemblyName = "CdcLab.AppHost", DisableDashboard = true });
        _builder.AddCdcLab(new(Model, new LabAbilities("container", "MySQL 8.0", "Kafka 3.5", true, []), "/data/of/the/lab", () => new LabSecrets { Root = "root-pw", Debezium = "debezium-pw", Simulator = "simulator-pw", KafkaUi = "ui-pw", Token = "the-token" }));
        _application = _builder.Build();
        foreach (IResource resource in _builder.Resources)
        {
            foreach (EndpointAnnotation endpoint in resource.Annotations.OfType<EndpointAnnotation>())
                Allocate(endpoint, resource is ContainerResource ? "in.the.network" : OnTheHost);
        }
    }

    public LabModel Model { get; }

    public IReadOnlyList<IResource> Resources => [.. _builder.Resources];

    public void Dispose() => _application.Dispose();

    public IResource Get(string name) => Assert.Single(_builder.Resources, r => r.Name == name);

    public T Annotation<T>(string name)
        where T : IResourceAnnotation => Get(name).Annotations.OfType<T>().Last();

    public async Task<IReadOnlyDictionary<string, string>> EnvironmentAsync(string name) => (await EvaluateAsync(name)).Environment;

    public async Task<IReadOnlyList<string>> ArgumentsAsync(string name) => (await EvaluateAsync(name)).Arguments;

    public async Task<IReadOnlyList<string>> RuntimeArgumentsAsync(string name)
    {
        List<object> arguments = [];
        foreach (ContainerRuntimeArgsCallbackAnnotation callback in Get(name).Annotations.OfType<ContainerRuntimeArgsCallbackAnnotation>())
            await callback.Callback(new(arguments));
        return [.. arguments.Select(a => (string)a)];
    }

    public IReadOnlyList<string> WaitsFor(string name) => [.. Get(name).Annotations.OfType<WaitAnnotation>().Select(w => w.Resource.Name).Distinct()];

    private async Task<(IReadOnlyDictionary<string, string> Environment, IReadOnlyList<string> Arguments)> EvaluateAsync(string name)
    {
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Limit);
        IExecutionConfigurationResult found = await ExecutionConfigurationBuilder.Create(Get(name))
            .WithArgumentsConfig()
            .WithEnvironmentVariablesConfig()
            .BuildAsync(_builder.ExecutionContext, NullLogger.Instance, limit.Token);
        Assert.Null(found.Exception);
        return (found.EnvironmentVariables.ToDictionary(v => v.Key, v => v.Value), [.. found.Arguments.Select(a => a.Value)]);
    }

    // What the orchestrator would do at the start: a value of an endpoint that has no address waits for it forever.
    private static void Allocate(EndpointAnnotation endpoint, string host)
    {
        endpoint.AllocatedEndpoint = new(endpoint, "localhost", endpoint.Port!.Value);
        endpoint.AllAllocatedEndpoints.AddOrUpdateAllocatedEndpoint(
            KnownNetworkIdentifiers.DefaultAspireContainerNetwork,
            new(endpoint, host, endpoint.TargetPort ?? endpoint.Port!.Value, EndpointBindingMode.SingleAddress, networkId: KnownNetworkIdentifiers.DefaultAspireContainerNetwork));
    }
}
