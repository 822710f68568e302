using System.Text.Json;
using CdcLab.Model.Live;
using Microsoft.AspNetCore.Http;

namespace CdcLab.Runtime.Control;

/// <summary>Faults on loan: a fault lasts as long as the request that caused it stays open. When it closes, because the drill is done or its process died, the fault is undone.</summary>
/// <param name="control">The lab.</param>
/// <param name="stopping">The lab is being stopped: leases end, and nothing is started again.</param>
internal sealed class FaultLeases(ILabControl control, CancellationToken stopping)
{
    private sealed record LeaseRequest(string? Resource, ServerCommand? Fault);

    public async Task HoldAsync(HttpContext context)
    {
        if (await ReadAsync(context) is not { Resource: { } name, Fault: { } fault } || Undo(fault) is not { } undo)
        {
            await ControlEndpoint.RefuseAsync(context, StatusCodes.Status400BadRequest, """A lease is {"resource": NAME, "fault": "stop", "kill" or "pause"}.""");
            return;
        }

        try
        {
            // Not ended by the request: a fault that is half in effect when the request closes must be undone too.
            await control.ExecuteAsync(name, fault, CancellationToken.None);
        }
        catch (LabControlException refused)
        {
            await ControlEndpoint.RefuseAsync(context, refused is UnknownResourceException ? StatusCodes.Status404NotFound : StatusCodes.Status409Conflict, refused.Message);
            return;
        }

        using CancellationTokenSource held = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stopping);
        try
        {
            context.Response.ContentType = "application/x-ndjson";
            await context.Response.WriteAsync("{\"granted\":true}\n", held.Token);
            await context.Response.Body.FlushAsync(held.Token);
            await Task.Delay(Timeout.Infinite, held.Token);
        }
        catch (Exception closed) when (closed is OperationCanceledException or IOException)
        {
            if (!stopping.IsCancellationRequested)
                await UndoAsync(name, undo);
        }
    }

    private async Task UndoAsync(string name, ServerCommand undo)
    {
        try
        {
            await control.ExecuteAsync(name, undo, stopping);
        }
        catch (LabControlException alreadyUndone)
        {
            // Somebody undid it by hand, or it cannot start; its state says which.
            _ = alreadyUndone.Message;
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The lab is being stopped.
        }
    }

    private static ServerCommand? Undo(ServerCommand fault) => fault switch
    {
        ServerCommand.Stop or ServerCommand.Kill => ServerCommand.Start,
        ServerCommand.Pause => ServerCommand.Resume,
        _ => null,
    };

    private static async Task<LeaseRequest?> ReadAsync(HttpContext context)
    {
        try
        {
            return await context.Request.ReadFromJsonAsync<LeaseRequest>(LabJson.Options, context.RequestAborted);
        }
        catch (Exception unreadable) when (unreadable is JsonException or InvalidOperationException)
        {
            return null;
        }
    }
}
