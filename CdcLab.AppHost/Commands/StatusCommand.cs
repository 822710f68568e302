using System.CommandLine;
using System.Text.Json;
using CdcLab.AppHost.Output;
using CdcLab.AppHost.Settings;
using CdcLab.Model;
using CdcLab.Model.Live;
using CdcLab.Runtime.Standalone.Dashboard;
using CdcLab.Runtime.Standalone.Data;
using CdcLab.Runtime.Standalone.Memory;

namespace CdcLab.AppHost.Commands;

/// <summary><c>status</c>: what a running lab does, and the verdicts on it.</summary>
internal static class StatusCommand
{
    public static Command Make(CommandLineSettings settings)
    {
        Option<bool> json = new("--json") { Description = "Print JSON: {version, resources, checks, notPossibleHere, latencies}." };
        Command command = new("status", "Show the servers and services of a running lab, and the verifier's verdicts.") { json };
        command.SetAction((parsed, cancellationToken) => ShowAsync(settings, parsed.GetValue(json), cancellationToken));
        return command;
    }

    private static async Task<int> ShowAsync(CommandLineSettings settings, bool json, CancellationToken cancellationToken)
    {
        if (Preparation.Options(settings) is not { } options)
            return ExitCodes.CouldNotRun;
        RunningLab lab = RunningLab.Get(options);
        LabReport report = await LabReports.OfAsync(lab, cancellationToken);
        if (json)
        {
            Terminal.Line(JsonSerializer.Serialize(report, LabJson.Indented));
            return ExitCodes.Ok;
        }

        Terminal.Line($"{report.Lab ?? "lab"}, host process {lab.HostPid}, data in {lab.Directory.Path}");
        LabModel model = lab.Model();
        ResourceTable.Print(report.Resources, abilities: null, lab.DashboardPid is { } pid ? new(pid, model.DashboardPort, ProcessMemory.Read(pid)) : null);
        if (lab.DashboardPid is not null || lab.DashboardPage is not null)
            Terminal.Line($"dashboard: {DashboardLink.WithLogin(lab.DashboardPage ?? DashboardLink.Page(model), LabSecrets.Read(lab.Directory))}");
        if (report.Checks.Count > 0)
            VerdictTable.Print(report);
        else
            Terminal.Line("The verifier does not answer: no verdicts.");
        return ExitCodes.Ok;
    }
}
