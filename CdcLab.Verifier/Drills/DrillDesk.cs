using System.Text.Json;
using CdcLab.Model.Drills;
using CdcLab.Verifier.Telemetry;

namespace CdcLab.Verifier.Drills;

/// <summary>What cannot be done now, in words for whoever asked.</summary>
internal sealed class DrillRefusedException(string message) : Exception(message);

/// <summary>Keeps the run that is open: one at a time.</summary>
internal sealed class DrillDesk(VerifiedLab lab, KafkaAccess kafka, TimeProvider time) : IAsyncDisposable
{
    private readonly SemaphoreSlim _gate = new(1, 1);
    private DrillRun? _run;

    public Task<DrillState> BeginAsync(DrillRequest request, CancellationToken cancellationToken) => OneByOneAsync(async () =>
    {
        // One that ran out of its time is nobody's any more.
        if (_run is { IsOver: true } old)
        {
            _run = null;
            await old.DisposeAsync();
        }

        if (_run is not null)
            throw new DrillRefusedException("A drill is under way: wait until it has ended.");
        if (request.MessagesPerSecond is < 2 or > 10_000 || request.Partitions is < 1 or > 100 || request.Drill.Length > 60 || !request.Drill.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-'))
            throw new DrillRefusedException("A drill has a name of lower-case letters, digits and dashes, 2 to 10,000 messages per second, and 1 to 100 partitions.");
        if (kafka.ClientSettings is null)
            throw new DrillRefusedException("The AppHost has not yet said which Kafka runs.");
        if (kafka.IsLegacy != (request.Topic is not null) || request.Topic?.StartsWith(DrillRun.Prefix, StringComparison.Ordinal) == false)
            throw new DrillRefusedException($"A topic, {DrillRun.Prefix}NAME, is named on a legacy Kafka alone, which has no admin API.");
        if (request.Bootstrap?.Split(',').All(b => b.StartsWith("localhost:", StringComparison.Ordinal)) == false)
            throw new DrillRefusedException("Messages go to this machine alone: localhost:PORT.");
        _run = await DrillRun.BeginAsync(request, lab, kafka, time, cancellationToken);
        return _run.State();
    }, cancellationToken);

    public DrillState State() => Open().State();

    public DrillMoment Mark(string what) => Open().Mark(what);

    public Task<DrillResult> CloseAsync(CancellationToken cancellationToken) => OneByOneAsync(async () =>
    {
        await using DrillRun run = Open();
        _run = null;
        return await run.CloseAsync(cancellationToken);
    }, cancellationToken);

    /// <summary>Ends the run that is open, if there is one, without a result.</summary>
    public Task AbortAsync(CancellationToken cancellationToken) => OneByOneAsync(async () =>
    {
        DrillRun? run = _run;
        _run = null;
        if (run is not null)
            await run.DisposeAsync();
        return true;
    }, cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await AbortAsync(CancellationToken.None);
        _gate.Dispose();
    }

    private DrillRun Open() => _run ?? throw new DrillRefusedException("No drill is under way.");

    private async Task<T> OneByOneAsync<T>(Func<Task<T>> act, CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken);
        try
        {
            return await act();
        }
        catch (Exception e) when (Unreachable.Is(e) || e is ZooKeeperException)
        {
            throw new DrillRefusedException($"The cluster {Unreachable.Words(e)}");
        }
        finally
        {
            _gate.Release();
        }
    }
}

internal static class DrillEndpoints
{
    public static void MapDrills(this WebApplication app, string token)
    {
        app.MapPost("/v1/drill", async (HttpRequest request, DrillDesk desk, CancellationToken cancellationToken) =>
            await ReadAsync<DrillRequest>(request, cancellationToken) is { Drill: not null } asked
                ? await AnswerAsync(() => desk.BeginAsync(asked, cancellationToken))
                : Results.BadRequest())
            .RequireLabToken(token);
        app.MapGet("/v1/drill", (DrillDesk desk) => AnswerAsync(() => Task.FromResult(desk.State())));
        app.MapPost("/v1/drill/marks/{what}", (string what, DrillDesk desk) => AnswerAsync(() => Task.FromResult(desk.Mark(what)))).RequireLabToken(token);
        app.MapPost("/v1/drill/close", (DrillDesk desk, CancellationToken cancellationToken) => AnswerAsync(() => desk.CloseAsync(cancellationToken))).RequireLabToken(token);
        app.MapPost("/v1/drill/traces", async (HttpRequest request, CancellationToken cancellationToken) =>
        {
            if (await ReadAsync<DrillTrace>(request, cancellationToken) is not { Moments: not null, Seconds: >= 0 and < 86_400 } trace || trace.Started.Year < 2000)
                return Results.BadRequest();
            DrillTraces.Show(trace);
            return Results.NoContent();
        }).RequireLabToken(token);
        app.MapDelete("/v1/drill", async (DrillDesk desk, CancellationToken cancellationToken) =>
        {
            await desk.AbortAsync(cancellationToken);
            return Results.NoContent();
        }).RequireLabToken(token);
    }

    private static async Task<T?> ReadAsync<T>(HttpRequest request, CancellationToken cancellationToken)
        where T : class
    {
        try
        {
            return await request.ReadFromJsonAsync<T>(LabJson.Options, cancellationToken);
        }
        catch (Exception e) when (e is JsonException or NotSupportedException or InvalidOperationException)
        {
            return null;
        }
    }

    private static async Task<IResult> AnswerAsync<T>(Func<Task<T>> ask)
    {
        try
        {
            return Results.Json(await ask(), LabJson.Options);
        }
        catch (DrillRefusedException e)
        {
            return Results.Text(e.Message, statusCode: StatusCodes.Status409Conflict);
        }
    }
}
