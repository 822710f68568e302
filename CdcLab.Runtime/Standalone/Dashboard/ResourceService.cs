using CdcLab.Runtime.Standalone.Dashboard.Wire;
using Grpc.Core;
using Microsoft.Extensions.Hosting;

namespace CdcLab.Runtime.Standalone.Dashboard;

/// <summary>What the dashboard asks, answered.</summary>
internal sealed class ResourceService(WatchStreams streams, IHostApplicationLifetime lifetime) : DashboardService.DashboardServiceBase
{
    /// <inheritdoc/>
    public override Task<ApplicationInformationResponse> GetApplicationInformation(ApplicationInformationRequest request, ServerCallContext context) =>
        Task.FromResult(new ApplicationInformationResponse { ApplicationName = "CdcLab" });

    /// <inheritdoc/>
    public override async Task WatchResources(WatchResourcesRequest request, IServerStreamWriter<WatchResourcesUpdate> responseStream, ServerCallContext context)
    {
        using IDisposable open = streams.Open();
        using CancellationTokenSource end = EndOf(context);
        await responseStream.WriteAsync(new() { InitialData = new() }, end.Token);
        await HoldAsync(end.Token);
    }

    /// <inheritdoc/>
    public override async Task WatchInteractions(IAsyncStreamReader<WatchInteractionsRequestUpdate> requestStream, IServerStreamWriter<WatchInteractionsResponseUpdate> responseStream, ServerCallContext context)
    {
        using CancellationTokenSource end = EndOf(context);
        await HoldAsync(end.Token);
    }

    private static Task HoldAsync(CancellationToken cancellationToken) => Task.Delay(Timeout.Infinite, cancellationToken).ContinueWith(static _ => { }, TaskScheduler.Default);

    private CancellationTokenSource EndOf(ServerCallContext context) => CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken, lifetime.ApplicationStopping);
}
