using System.Runtime.InteropServices;
using CdcLab.AppHost.Output;

namespace CdcLab.AppHost.Lifetime;

/// <summary>When to stop: Ctrl+C, SIGTERM, a closed terminal, or the end of the <c>dotnet run</c> that started this process. Asked twice, it stops at once.</summary>
internal sealed class StopSignals : IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _hurry = new();
    private readonly List<PosixSignalRegistration> _registrations = [];
    private readonly ParentWatch? _parent;
    private DateTime _firstAsked;

    public StopSignals()
    {
        foreach (PosixSignal signal in (PosixSignal[])[PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP, PosixSignal.SIGQUIT])
        {
            _registrations.Add(PosixSignalRegistration.Create(signal, context =>
            {
                context.Cancel = true;
                Ask(signal.ToString());
            }));
        }

        _parent = ParentWatch.OfDotnetRun(() => Ask("the end of 'dotnet run'"));
    }

    /// <summary>Stop.</summary>
    public CancellationToken Stop => _stop.Token;

    /// <summary>Stop at once: what has not ended is killed.</summary>
    public CancellationToken Hurry => _hurry.Token;

    public void Dispose()
    {
        _parent?.Dispose();
        foreach (PosixSignalRegistration registration in _registrations)
            registration.Dispose();
        _stop.Dispose();
        _hurry.Dispose();
    }

    private void Ask(string by)
    {
        if (!_stop.IsCancellationRequested)
        {
            _firstAsked = DateTime.UtcNow;
            Terminal.Line($"Stopping ({by}); again to stop at once.");
            _stop.Cancel();
        }
        else if (DateTime.UtcNow - _firstAsked > TimeSpan.FromSeconds(1) && !_hurry.IsCancellationRequested)
        {
            // One Ctrl+C can arrive twice: from the terminal, and passed on by 'dotnet run'.
            Terminal.Line("Stopping at once: killing what still runs.");
            _hurry.Cancel();
        }
    }
}
