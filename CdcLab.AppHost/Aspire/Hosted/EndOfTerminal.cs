using System.Runtime.InteropServices;
using CdcLab.AppHost.Lifetime;
using Microsoft.Extensions.Hosting;

namespace CdcLab.AppHost.Aspire.Hosted;

/// <summary>Stops the application when the terminal is closed, or when the <c>dotnet run</c> that started it is gone; Aspire itself heeds Ctrl+C and SIGTERM.</summary>
internal sealed class EndOfTerminal(IHostApplicationLifetime lifetime) : BesideAspire, IDisposable
{
    private PosixSignalRegistration? _hangUp;
    private ParentWatch? _parent;

    public override Task StartingAsync(CancellationToken cancellationToken)
    {
        _hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, signal =>
        {
            signal.Cancel = true;
            lifetime.StopApplication();
        });
        _parent = ParentWatch.OfDotnetRun(lifetime.StopApplication);
        return Task.CompletedTask;
    }

    public void Dispose()
    {
        _hangUp?.Dispose();
        _parent?.Dispose();
    }
}
