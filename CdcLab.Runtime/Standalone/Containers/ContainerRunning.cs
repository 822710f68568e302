using System.Diagnostics;
using CdcLab.Model.Live;
using CdcLab.Runtime.Engine;
using CdcLab.Runtime.Standalone.Processes;
using CdcLab.Runtime.Standalone.Servers;
using Docker.DotNet;
using Docker.DotNet.Models;

namespace CdcLab.Runtime.Standalone.Containers;

/// <summary>One launch of a container, until it has ended or the engine has.</summary>
internal sealed class ContainerRunning : RunningServer
{
    // An engine that is reloaded is back by then; one that is stopped has stopped its containers.
    private static readonly TimeSpan SilenceLimit = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LastLinesLimit = TimeSpan.FromSeconds(5);

    private readonly ContainerEngine _engine;
    private readonly string _id;
    private readonly long _pid;
    private readonly long _cap;
    private readonly Action<Exception> _engineLost;
    private readonly CancellationTokenSource _following = new();
    private readonly Task _log;

    public ContainerRunning(ContainerEngine engine, string id, long pid, long cap, ServerLog log, Action<Exception> engineLost)
    {
        (_engine, _id, _pid, _cap, _engineLost) = (engine, id, pid, cap, engineLost);
        _log = new ContainerLog(engine, id, log.Append).FollowAsync(_following.Token);
        Ended = EndAsync();
    }

    public override string ContainerId => _id;

    public override Task<ServerEnd> Ended { get; }

    public override async Task<bool?> IsPausedAsync(CancellationToken cancellationToken)
    {
        try
        {
            return (await _engine.InspectAsync(_id, cancellationToken))?.State?.Paused;
        }
        catch (Exception unknown) when (unknown is DockerApiException || EngineFaults.IsSilence(unknown))
        {
            return null;
        }
    }

    public override async Task SignalAsync(Signal signal, CancellationToken cancellationToken)
    {
        Task sent = signal switch
        {
            Signal.Stop => _engine.PauseAsync(_id, cancellationToken),
            Signal.Continue => _engine.ResumeAsync(_id, cancellationToken),
            _ => _engine.KillAsync(_id, signal == Signal.Kill ? "SIGKILL" : "SIGTERM", cancellationToken),
        };
        try
        {
            await sent;
        }
        catch (DockerApiException refused)
        {
            throw new LabControlException($"The container engine refuses: {EngineFaults.Said(refused)}.");
        }
        catch (Exception silent) when (EngineFaults.IsSilence(silent))
        {
            // To kill what an engine that is gone has taken along is done already: its end is found below.
            if (signal != Signal.Kill)
                throw new LabControlException($"The container engine does not answer ({EngineFaults.Words(silent)}).");
        }
    }

    public override async Task StopAsync(TimeSpan grace, CancellationToken hurry)
    {
        // A frozen process takes no signal but SIGKILL.
        await TryAsync(Signal.Continue);
        await TryAsync(Signal.Terminate);
        try
        {
            await Ended.WaitAsync(grace, hurry);
            return;
        }
        catch (Exception tooLong) when (tooLong is TimeoutException or OperationCanceledException)
        {
            await TryAsync(Signal.Kill);
        }

        await Ended;
    }

    public override Task<MemoryFigures?> ReadMemoryAsync(CancellationToken cancellationToken) => ContainerMemory.ReadAsync(_engine, _id, _pid, _cap, cancellationToken);

    // The container stays: the next launch, or the lab's end, removes it.
    public override async ValueTask DisposeAsync()
    {
        await _following.CancelAsync();
        await _log;
        if (Ended.IsCompleted)
            _following.Dispose();
    }

    private async Task TryAsync(Signal signal)
    {
        try
        {
            await SignalAsync(signal, CancellationToken.None);
        }
        catch (LabControlException)
        {
            // Stopping goes on to the next, harder means; the end of the container, or of the engine, is what counts.
        }
    }

    private async Task<ServerEnd> EndAsync()
    {
        ServerEnd end = await WaitAsync();
        try
        {
            await _log.WaitAsync(LastLinesLimit);
        }
        catch (TimeoutException)
        {
            // An engine that does not answer holds nobody's last lines.
            await _following.CancelAsync();
        }

        return end;
    }

    private async Task<ServerEnd> WaitAsync()
    {
        long? silentSince = null;
        int? told = null;
        while (true)
        {
            try
            {
                // Whether it is there first: what the wait answers says nothing of memory.
                if (await _engine.InspectAsync(_id, CancellationToken.None) is not { State: { } state })
                    return new(told, Because: "somebody removed its container");
                silentSince = null;
                if (state is { Running: false, Restarting: false })
                    return new((int)state.ExitCode, state.OOMKilled, state.Error is { Length: > 0 } error ? error : null);
                ContainerWaitResponse ended = await _engine.Client.Containers.WaitContainerAsync(_id, CancellationToken.None);
                told = (int)ended.StatusCode;
            }
            catch (Exception silence) when (silence is DockerApiException or OperationCanceledException || EngineFaults.IsSilence(silence))
            {
                silentSince ??= Stopwatch.GetTimestamp();
                if (Stopwatch.GetElapsedTime(silentSince.Value) > SilenceLimit)
                {
                    _engineLost(silence);
                    return new(told, Because: "the container engine does not answer any more");
                }

                await Task.Delay(250);
            }
        }
    }
}
