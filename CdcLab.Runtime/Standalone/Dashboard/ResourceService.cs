using CdcLab.Model;
using CdcLab.Runtime.Commands;
using CdcLab.Runtime.Live;
using CdcLab.Runtime.Standalone.Dashboard.Wire;
using CdcLab.Runtime.View;
using Grpc.Core;
using Microsoft.Extensions.Hosting;

namespace CdcLab.Runtime.Standalone.Dashboard;

/// <summary>What the dashboard asks, answered. Every stream is held open until the dashboard or the host ends it: one that ends is asked for again at once.</summary>
internal sealed class ResourceService(ServedLab lab, LiveLab live, WatchStreams streams, OncePerLine lines, IHostApplicationLifetime lifetime) : DashboardService.DashboardServiceBase
{
    // Several changes often come together: a state, its memory, the verdicts on it.
    private static readonly TimeSpan Gathering = TimeSpan.FromMilliseconds(50);

    /// <inheritdoc/>
    public override Task<ApplicationInformationResponse> GetApplicationInformation(ApplicationInformationRequest request, ServerCallContext context) =>
        Task.FromResult(new ApplicationInformationResponse { ApplicationName = "CdcLab" });

    /// <inheritdoc/>
    public override Task WatchResources(WatchResourcesRequest request, IServerStreamWriter<WatchResourcesUpdate> responseStream, ServerCallContext context) =>
        UntilEndedAsync(context, async end =>
        {
            using IDisposable open = streams.Open();
            using IDisposable watch = live.Watch();
            ResourceChanges changes = new(lines.Say);
            long seen = 0;
            while (true)
            {
                (LabSnapshot now, seen) = await live.NextAsync(seen, end);
                if (Next(changes, now) is { } update)
                    await responseStream.WriteAsync(update, end);
                await Task.Delay(Gathering, end);
            }
        });

    /// <inheritdoc/>
    public override Task WatchResourceConsoleLogs(WatchResourceConsoleLogsRequest request, IServerStreamWriter<WatchResourceConsoleLogsUpdate> responseStream, ServerCallContext context)
    {
        string name = request.ResourceName;
        bool follow = !request.SuppressFollow;
        return UntilEndedAsync(context, async end =>
        {
            if (lab.Model.Resources.Any(r => r.Name == name))
            {
                await foreach (WatchResourceConsoleLogsUpdate piece in ConsoleLogs.ReadAsync(lab.Control, name, follow, end))
                    await responseStream.WriteAsync(piece, end);
            }
            else if (name != ResourceNames.Kafka)
            {
                throw new RpcException(new Status(StatusCode.NotFound, "There is no such resource."));
            }

            // The cluster itself writes nothing, its brokers do.
            if (follow)
                await Task.Delay(Timeout.Infinite, end);
        });
    }

    /// <inheritdoc/>
    public override async Task<ResourceCommandResponse> ExecuteResourceCommand(ResourceCommandRequest request, ServerCallContext context)
    {
        // What was begun is done, whether or not the page that asked for it is still there.
        CommandOutcome outcome = await ExecuteAsync(request, lifetime.ApplicationStopping);
        ResourceCommandResponse response = new()
        {
            Kind = outcome.Succeeded ? ResourceCommandResponseKind.Succeeded : ResourceCommandResponseKind.Failed,
            Message = outcome.Message,
        };
        if (outcome.Markdown is { } markdown)
            response.Result = new() { Value = markdown, Format = ResourceCommandResultFormat.Markdown, DisplayImmediately = true };
        return response;
    }

    /// <inheritdoc/>
    public override Task WatchInteractions(IAsyncStreamReader<WatchInteractionsRequestUpdate> requestStream, IServerStreamWriter<WatchInteractionsResponseUpdate> responseStream, ServerCallContext context) =>
        UntilEndedAsync(context, async end =>
        {
            // There are no questions: without this the caller would not know that the stream is open.
            await context.WriteResponseHeadersAsync([]);
            await foreach (WatchInteractionsRequestUpdate _ in requestStream.ReadAllAsync(end))
            {
            }

            await Task.Delay(Timeout.Infinite, end);
        });

    // A stream that ended for it would be asked for again at once, and end for it again.
    private WatchResourcesUpdate? Next(ResourceChanges changes, LabSnapshot now)
    {
        try
        {
            return changes.Next(LabView.Of(now));
        }
        catch (Exception unexpected)
        {
            lines.Say($"What the dashboard shows is not up to date: {unexpected.GetType().Name}: {unexpected.Message}");
            return null;
        }
    }

    private async Task<CommandOutcome> ExecuteAsync(ResourceCommandRequest request, CancellationToken cancellationToken)
    {
        try
        {
            LabSnapshot now = await live.LookAsync(request.ResourceName, cancellationToken);
            return await LabCommands.ExecuteAsync(request.CommandName, new() { Resource = request.ResourceName, Lab = now, Control = lab.Control, Token = lab.Token }, cancellationToken);
        }
        catch (Exception failed)
        {
            // An exception would be shown as "unknown error".
            return CommandOutcome.Failed(failed is OperationCanceledException ? "The lab is being stopped." : failed.Message);
        }
    }

    private async Task UntilEndedAsync(ServerCallContext context, Func<CancellationToken, Task> serve)
    {
        using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken, lifetime.ApplicationStopping);
        try
        {
            await serve(end.Token);
        }
        catch (Exception) when (end.IsCancellationRequested)
        {
            // Whatever was under way when the reader went, or the host: nobody reads on.
        }
        catch (Exception unexpected) when (unexpected is not RpcException)
        {
            lines.Say($"The dashboard was not told something: {unexpected.GetType().Name}: {unexpected.Message}");
            throw;
        }
    }
}
