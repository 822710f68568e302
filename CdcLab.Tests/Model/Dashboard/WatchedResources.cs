using CdcLab.Runtime.Standalone.Dashboard.Wire;
using Grpc.Core;
using Xunit;

namespace CdcLab.Tests.Model.Dashboard;

/// <summary>A reader of the resources that keeps them as the dashboard does: whole ones replaced, deleted ones gone.</summary>
internal sealed class WatchedResources : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    private readonly AsyncServerStreamingCall<WatchResourcesUpdate> _call;

    public WatchedResources(ServiceUnderTest service, CancellationToken? cancellationToken = null) => _call = service.Client.WatchResources(new(), service.Options(cancellationToken));

    public Dictionary<string, Resource> Now { get; } = new(StringComparer.Ordinal);

    /// <summary>The names of the first message, in its order.</summary>
    public IReadOnlyList<string> First { get; private set; } = [];

    /// <summary>Reads until it is as it should be.</summary>
    public async Task UntilAsync(Func<WatchedResources, bool> good, string what)
    {
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Limit);
        try
        {
            while (First.Count == 0 || !good(this))
            {
                Assert.True(await _call.ResponseStream.MoveNext(limit.Token), "The stream has ended.");
                Take(_call.ResponseStream.Current);
            }
        }
        catch (Exception end) when (limit.IsCancellationRequested && end is RpcException or OperationCanceledException)
        {
            Assert.Fail($"Waited {Limit.TotalSeconds:0} s for {what}; last seen: {string.Join(", ", Now.Values.Select(r => $"{r.Name} {r.State}"))}");
        }
    }

    public string Property(string resource, string name) => Now.GetValueOrDefault(resource)?.Properties.FirstOrDefault(p => p.Name == name)?.Value.StringValue ?? "";

    public void Dispose() => _call.Dispose();

    private void Take(WatchResourcesUpdate update)
    {
        if (update.InitialData is { } all)
        {
            Now.Clear();
            First = [.. all.Resources.Select(r => r.Name)];
            foreach (Resource resource in all.Resources)
                Now[resource.Name] = resource;
        }

        foreach (WatchResourcesChange change in update.Changes?.Value ?? [])
        {
            if (change.Upsert is { } resource)
                Now[resource.Name] = resource;
            else
                Now.Remove(change.Delete.ResourceName);
        }
    }
}
