using System.Diagnostics;
using CdcLab.AppHost.Output;
using CdcLab.Clients.Control;
using CdcLab.Model.Live;
using CdcLab.Model.Options;
using CdcLab.Runtime.Standalone;
using CdcLab.Runtime.Standalone.Data;
using CdcLab.Runtime.Standalone.Fetching;

namespace CdcLab.AppHost.Verifying;

/// <summary>A lab whose host is a process of its own, so that it goes on when this command has ended.</summary>
internal static class KeptLab
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromMinutes(15);

    /// <summary>Starts a host on a temporary data directory and waits until its lab is up.</summary>
    public static async Task<RunningLab> StartAsync(LabPlan plan, CancellationToken cancellationToken)
    {
        TemporaryLabs.MakeKept(plan);
        string log = Path.Combine(plan.Directory.Path, "host.log");
        ProcessStartInfo info = new("setsid") { UseShellExecute = false };
        foreach (string argument in (string[])["/bin/sh", "-c", "exec \"$@\" > \"$0\" 2>&1 < /dev/null", log, .. Self(), "run", "--standalone"])
            info.ArgumentList.Add(argument);
        foreach ((string key, string text) in LabSettings.Write(plan.Options))
            info.Environment[key.Replace(":", "__", StringComparison.Ordinal)] = text;
        // What was asked for are verdicts; whoever wants to watch starts a lab with 'run'.
        info.Environment["Lab__Dashboard__Enabled"] = "false";

        Terminal.Line($"Starting a lab of its own in {plan.Directory.Path} (its output: {log}).");
        using Process host = Process.Start(info) ?? throw new UnavailableException("The host did not start.");
        try
        {
            return await WaitAsync(plan.Directory, cancellationToken, host);
        }
        catch (Exception)
        {
            // Given up: the host ends its lab itself.
            if (!host.HasExited)
            {
                using Process? stop = Process.Start("kill", ["-TERM", host.Id.ToString()]);
                await host.WaitForExitAsync(CancellationToken.None);
            }

            throw;
        }
    }

    // Started as 'dotnet CdcLab.AppHost.dll', this process is dotnet.
    private static string[] Self() => Path.GetFileName(Environment.ProcessPath) == "dotnet"
        ? [Environment.ProcessPath!, typeof(KeptLab).Assembly.Location]
        : [Environment.ProcessPath!];

    /// <summary>Waits until the lab of a data directory is up.</summary>
    public static async Task<RunningLab> WaitAsync(DataDirectory directory, CancellationToken cancellationToken, Process? host = null)
    {
        long start = Stopwatch.GetTimestamp();
        while (true)
        {
            if (host is { HasExited: true })
                throw new UnavailableException($"The lab's host ended with exit code {host.ExitCode}: {File.ReadLines(Path.Combine(directory.Path, "host.log")).LastOrDefault(l => l.StartsWith("error:", StringComparison.Ordinal))}");
            if (RunningLab.Find(directory) is { } lab && await IsUpAsync(lab, cancellationToken))
                return lab;
            if (Stopwatch.GetElapsedTime(start) > StartLimit)
                throw new UnavailableException($"The lab in {directory.Path} did not come up within {StartLimit.TotalMinutes:0} minutes.");
            if (host is null && RunRecord.Living(directory) is null)
                throw new UnavailableException($"The lab in {directory.Path} has ended.");
            await Task.Delay(200, cancellationToken);
        }
    }

    // Started once is enough: a lab in which a broker was killed is one that verify is asked to judge.
    private static async Task<bool> IsUpAsync(RunningLab lab, CancellationToken cancellationToken)
    {
        using ControlClient control = lab.Control();
        return (await control.ListAsync(cancellationToken)).All(r => r.State is not (RunState.Waiting or RunState.Starting));
    }
}
