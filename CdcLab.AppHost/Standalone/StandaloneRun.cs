using System.Diagnostics;
using CdcLab.AppHost.Lifetime;
using CdcLab.AppHost.Output;
using CdcLab.AppHost.Settings;
using CdcLab.Model;
using CdcLab.Model.Containers;
using CdcLab.Model.Options;
using CdcLab.Model.Schema;
using CdcLab.Runtime.Standalone;
using CdcLab.Runtime.Standalone.Dashboard;
using CdcLab.Runtime.Standalone.Data;

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
        string host = model.Options.BindAddress == "0.0.0.0" ? "127.0.0.1" : model.Options.BindAddress;
        Terminal.Line($"The lab is up after {took.TotalSeconds:0.0} s.");
        Terminal.Line($"  MySQL      jdbc:mysql://{host}:{model.MySql.Port}/{OrdersSchema.Database}   (user debezium; passwords in {Path.Combine(lab.Plan.Directory.Path, "secrets.json")})");
        Terminal.Line($"  Kafka      bootstrap.servers={model.Kafka.ExternalBootstrap}   ({lab.Abilities!.KafkaDescription})");
        Terminal.Line($"  ZooKeeper  127.0.0.1:{model.ZooKeeper.Port}");
        if (model.Resources.Contains(model.KafkaUi))
            Terminal.Line($"  Kafka UI   http://{host}:{model.Ports.KafkaUi}   ({(model.KafkaUi.Open ? "open, writable" : $"user {ContainerMapping.KafkaUiUser}, its password is kafkaUi in that file; read-only")})");
        Terminal.Line($"  verdicts   http://{host}:{model.Verifier.Port}/v1/report   (as text: /v1/report.md)");
        Terminal.Line($"  dashboard  {Describe(dashboard)}");
        Terminal.Line($"  data       {lab.Plan.Directory.Path}");
        if (host != "127.0.0.1" || model.Options.BindAddress == "0.0.0.0")
            Terminal.Line($"  WARNING    Kafka has no authentication, and with Lab:BindAddress = {model.Options.BindAddress} whoever reaches this machine reaches it.");
        string named = DataDirectory.Of(new LabOptions()).Path == lab.Plan.Directory.Path ? "" : " " + ShellArgument.Of("Lab:DataDirectory", lab.Plan.Directory.Path);
        Terminal.Line($"From a second terminal: dotnet run --project CdcLab.AppHost -- status{named}");
        Terminal.Line("   (in place of status: connect, stop kafka-1, start kafka-1, verify). Ctrl+C stops everything.");
    }

    private static string Describe(DashboardStatus? dashboard) => dashboard switch
    {
        null => "none: Lab:Dashboard:Enabled = false",
        { IsUp: true } => dashboard.Link.ToString(),
        { Because: { } because } => $"none: {because}",
        _ => $"{dashboard.Link}   (on its way: a line tells when it is up)",
    };
}
