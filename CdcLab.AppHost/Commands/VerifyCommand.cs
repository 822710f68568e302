using System.CommandLine;
using CdcLab.AppHost.Lifetime;
using CdcLab.AppHost.Output;
using CdcLab.AppHost.Settings;
using CdcLab.AppHost.Verifying;
using CdcLab.Model.Options;
using CdcLab.Runtime.Standalone;
using CdcLab.Runtime.Standalone.Data;

namespace CdcLab.AppHost.Commands;

/// <summary><c>verify</c>: proves that the promises hold, on a lab of its own or on the one that runs.</summary>
internal static class VerifyCommand
{
    public static Command Make(CommandLineSettings settings)
    {
        Option<string?> report = new("--report") { Description = "Write a Markdown report into this file.", HelpName = "FILE" };
        Option<string?> json = new("--json") { Description = "Write the verdicts as JSON into this file ('-' for the standard output).", HelpName = "FILE" };
        Option<string?> envFile = new("--env-file") { Description = "Look from outside at a lab that Docker Compose runs, by the .env that 'compose' wrote beside its compose.yaml.", HelpName = "FILE" };
        Option<bool> keep = new("--keep") { Description = "Leave the lab that it started running." };
        Command command = new("verify", "Bring a lab up (or attach to the one that runs), check every promise, and stop what was started.\nExit code 0: all ok; 1: something failed or is unknown; 2: could not run.") { report, json, keep, envFile };
        command.SetAction((parsed, _) => VerifyAsync(settings, new(parsed.GetValue(report), parsed.GetValue(json)), parsed.GetValue(keep), parsed.GetValue(envFile)));
        return command;
    }

    private static async Task<int> VerifyAsync(CommandLineSettings settings, ReportFiles files, bool keep, string? envFile)
    {
        if (files.Json == "-")
            Terminal.LeaveStandardOutputToData();
        using StopSignals signals = new();
        if (Preparation.Options(settings) is not { } options || !files.CanBeWritten())
            return ExitCodes.CouldNotRun;
        try
        {
            if (envFile is not null)
                return await OutsideVerification.RunAsync(envFile, files, signals);
            DataDirectory directory = DataDirectory.Of(options);
            if (RunRecord.Living(directory) is not null)
                return await AttachAsync(await KeptLab.WaitAsync(directory, signals.Stop), files, signals);
            return keep ? await KeepAsync(settings, files, signals) : await StartAndVerifyAsync(settings, files, signals);
        }
        catch (OperationCanceledException) when (signals.Stop.IsCancellationRequested)
        {
            Terminal.Error("stopped before there were verdicts.");
            return ExitCodes.CouldNotRun;
        }
    }

    private static async Task<int> AttachAsync(RunningLab lab, ReportFiles files, StopSignals signals)
    {
        Terminal.Line($"Attached to the lab that runs in {lab.Directory.Path} (host process {lab.HostPid}); it is left running.");
        return await Verification.RunAsync(lab, files, Verification.AttachedLimit, signals.Stop);
    }

    private static async Task<int> StartAndVerifyAsync(CommandLineSettings settings, ReportFiles files, StopSignals signals)
    {
        StartProgress progress = new();
        if (await Preparation.TemporaryPlanAsync(settings, TemporaryLabs.Name("verify"), progress, signals.Stop) is not { } plan)
            return ExitCodes.CouldNotRun;
        Terminal.Line(HostLine.Of(plan));
        try
        {
            await using Lab lab = TemporaryLabs.Open(plan, progress);
            try
            {
                await lab.StartAsync(signals.Stop);
                return await Verification.RunAsync(RunningLab.Find(plan.Directory)!, files, Verification.OwnLabLimit, signals.Stop);
            }
            finally
            {
                await lab.StopAsync(signals.Hurry);
            }
        }
        finally
        {
            if (await TemporaryLabs.DeleteAsync(plan.Directory) is { } kept)
                Terminal.Line(kept);
        }
    }

    private static async Task<int> KeepAsync(CommandLineSettings settings, ReportFiles files, StopSignals signals)
    {
        if (await Preparation.TemporaryPlanAsync(settings, TemporaryLabs.Name("verify"), new StartProgress(), signals.Stop) is not { } plan)
            return ExitCodes.CouldNotRun;
        RunningLab lab = await KeptLab.StartAsync(plan, signals.Stop);
        int code = await Verification.RunAsync(lab, files, Verification.OwnLabLimit, signals.Stop);
        Terminal.Line($"The lab is left running (host process {lab.HostPid}).");
        Terminal.Line($"  data       {lab.Directory.Path}");
        Terminal.Line($"  look at it dotnet run --project CdcLab.AppHost -- status {ShellArgument.Of("Lab:DataDirectory", lab.Directory.Path)}");
        Terminal.Line($"  stop it    kill {lab.HostPid}");
        Terminal.Line($"  and then   dotnet run --project CdcLab.AppHost -- reset {ShellArgument.Of("Lab:DataDirectory", lab.Directory.Path)}");
        return code;
    }
}
