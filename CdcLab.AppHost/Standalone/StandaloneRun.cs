using System.Diagnostics;
using CdcLab.AppHost.Lifetime;
using CdcLab.AppHost.Output;
using CdcLab.AppHost.Settings;
using CdcLab.Model;
using CdcLab.Runtime.Standalone;
using CdcLab.Runtime.Standalone.Dashboard;

namespace CdcLab.AppHost;

/// <summary>Brings the lab up as this solution's own host does. In every build: <c>verify --keep</c> and <c>run --standalone</c> use it in a build for Aspire too.</summary>
internal static class StandaloneRun
{
    /// <summary>Brings the lab up, shows it, and keeps it until it is told to stop.</summary>
    /// <param name="settings">The settings of the command line.</param>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(CommandLineSettings settings)
    {
        using StopSignals signals = new();
        StartProgress progress = new();
        LabPlan? plan;
        try
        {
            plan = await Preparation.PlanAsync(settings, progress, signals.Stop);
        }
        catch (OperationCanceledException) when (signals.Stop.IsCancellationRequested)
        {
            // Told to stop while it cleaned up after a host that was killed: the next start goes on with that.
            return ExitCodes.Ok;
        }

        if (plan is null)
            return ExitCodes.CouldNotRun;
        Terminal.Line(HostLine.Of(plan));
        await using Lab lab = LabOpening.Open(plan with { ShowsDashboard = plan.Options.Dashboard.Enabled }, progress);
        long start = Stopwatch.GetTimestamp();
        try
        {
            await lab.StartAsync(signals.Stop);
            await ShowAsync(lab, Stopwatch.GetElapsedTime(start), signals.Stop);
            await Task.Delay(Timeout.Infinite, signals.Stop);
        }
        catch (OperationCanceledException) when (signals.Stop.IsCancellationRequested)
        {
            // Told to stop, while it started or while it ran.
        }
        finally
        {
            await lab.StopAsync(signals.Hurry);
        }

        Terminal.Line("Everything is stopped.");
        return ExitCodes.Ok;
    }

    private static async Task ShowAsync(Lab lab, TimeSpan took, CancellationToken cancellationToken)
    {
        LabModel model = lab.Plan.Model;
        Terminal.Line();
        DashboardStatus? dashboard = lab.Dashboard;
        ResourceTable.Print(await lab.ListAsync(cancellationToken), lab.Abilities, dashboard is { Pid: { } pid, Memory: { } memory } ? new(pid, model.DashboardPort, memory) : null);
        LabIsUp.Print(model, lab.Abilities!, lab.Plan.Directory, took, Describe(dashboard));
    }

    private static string Describe(DashboardStatus? dashboard) => dashboard switch
    {
        null => "none: Lab:Dashboard:Enabled = false",
        { IsUp: true } => dashboard.Link.ToString(),
        { Because: { } because } => $"none: {because}",
        _ => $"{dashboard.Link}   (on its way: a line tells when it is up)",
    };
}
