using System.Globalization;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace CdcLab.ServiceDefaults;

/// <summary>Ends the service when the process that started it is gone: a host that was killed cannot stop its services any more. The kernel then gives the
/// service another parent.</summary>
/// <param name="lifetime">Ends the service.</param>
/// <param name="time">The clock.</param>
/// <param name="log">The log.</param>
internal sealed partial class ParentWatch(IHostApplicationLifetime lifetime, TimeProvider time, ILogger<ParentWatch> log) : BackgroundService
{
    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (Parent() is not { } first)
            return;
        using PeriodicTimer timer = new(TimeSpan.FromSeconds(1), time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            if (Parent() is { } now && now == first)
                continue;
            Gone(log, first);
            lifetime.StopApplication();
            return;
        }
    }

    // The fourth field of /proc/self/stat; the second is the program's name in brackets and may hold blanks and brackets itself. Null where there is no /proc.
    private static int? Parent()
    {
        if (!OperatingSystem.IsLinux())
            return null;
        string stat = File.ReadAllText("/proc/self/stat");
        string[] fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ', 3);
        return int.Parse(fields[1], CultureInfo.InvariantCulture);
    }

    [LoggerMessage(900, LogLevel.Warning, "The host (process {Pid}) is gone; ending.")]
    private static partial void Gone(ILogger log, int pid);
}
