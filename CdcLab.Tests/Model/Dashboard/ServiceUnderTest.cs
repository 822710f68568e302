using System.Collections.Concurrent;
using CdcLab.Model;
using CdcLab.Model.Live;
using CdcLab.Runtime.Live;
using CdcLab.Runtime.Standalone.Dashboard;
using CdcLab.Runtime.Standalone.Dashboard.Wire;
using CdcLab.Tests.Model.View;
using Grpc.Core;
using Grpc.Net.Client;
using Xunit;

namespace CdcLab.Tests.Model.Dashboard;

/// <summary>The resource service on a real port, with a lab without servers behind it and a client as the dashboard's in front.</summary>
internal sealed class ServiceUnderTest : IAsyncDisposable
{
    public const string Key = "the-key";

    private readonly GrpcChannel _channel;

    private ServiceUnderTest(ResourceServiceHost host, FakeControl control, ConcurrentQueue<string> said)
    {
        (Host, Control, Said) = (host, control, said);
        _channel = GrpcChannel.ForAddress(host.Url, new() { MaxReceiveMessageSize = 16 * 1024 * 1024 });
        Client = new(_channel);
    }

    public ResourceServiceHost Host { get; }

    public FakeControl Control { get; }

    /// <summary>The lines for the person who started the lab.</summary>
    public ConcurrentQueue<string> Said { get; }

    public DashboardService.DashboardServiceClient Client { get; }

    public Metadata Headers { get; } = new() { { ResourceServiceHost.KeyHeader, Key } };

    public static async Task<ServiceUnderTest> StartAsync(LabModel? model = null, IEnumerable<ResourceState>? states = null)
    {
        model ??= ShownLab.Model;
        FakeControl control = new(states ?? ShownLab.Healthy(model).States);
        ConcurrentQueue<string> said = new();
        ServedLab lab = new() { Model = model, Control = control, Abilities = () => ShownLab.Abilities, Token = "the-token", Say = said.Enqueue };
        return new(await ResourceServiceHost.StartAsync(lab, Key, TestContext.Current.CancellationToken), control, said);
    }

    public CallOptions Options(CancellationToken? cancellationToken = null) => new(Headers, cancellationToken: cancellationToken ?? TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        _channel.Dispose();
        await Host.DisposeAsync();
        Control.Dispose();
    }
}
