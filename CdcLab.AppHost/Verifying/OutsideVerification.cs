using CdcLab.AppHost.Lifetime;
using CdcLab.AppHost.Output;
using CdcLab.AppHost.Settings;
using CdcLab.Clients.Verdicts;
using CdcLab.Model;
using CdcLab.Model.Containers;
using CdcLab.Model.Live;
using CdcLab.Model.Options;
using CdcLab.Model.Schema;
using CdcLab.Runtime.Standalone;
using CdcLab.Runtime.Standalone.Data;
using CdcLab.Runtime.Standalone.Fetching;

namespace CdcLab.AppHost.Verifying;

/// <summary><c>verify --env-file</c>: a lab that Docker Compose runs, seen from outside.</summary>
internal static class OutsideVerification
{
    public static async Task<int> RunAsync(string envFile, ReportFiles files, StopSignals signals)
    {
        EnvFile env = Read(envFile);
        string variable = MySqlInitText.Variable(DatabaseUser.Debezium);
        if (env.Secrets.GetValueOrDefault(variable) is not { Length: > 0 } password)
            throw new UnavailableException($"{envFile} has no {variable}: it is not the .env of a folder that 'compose --output' wrote.");
        (LabOptions options, IReadOnlyList<SettingFault> unreadable) = SettingsReader.Read(env.Settings);
        if (Preparation.ContainerModel(options, unreadable) is not { } described)
            return ExitCodes.CouldNotRun;

        // The lab's own ports are the servers'; those of the program that looks are any free ones.
        int own = FreePorts.Base();
        LabPorts free = LabPorts.From(own);
        LabPorts ports = described.Ports with { Verifier = free.Verifier, Control = free.Control, Simulator = free.Simulator };
        LabModel model = LabModel.From(options with { BindAddress = "127.0.0.1" }, ports, LabRuntimeKind.Container);
        LabAbilities abilities = new("container", $"MySQL ({options.MySql.Image})", $"Kafka ({options.Kafka.Image})", CapsEnforced: true, OutsideVerifier.NotPossibleFromOutside(model));
        Terminal.Line($"CdcLab: looking from outside at the lab that {Path.GetFullPath(envFile)} describes; it is left as it is.");
        await using OutsideVerifier verifier = await OutsideVerifier.StartAsync(model, abilities, password, Programs.Find(), TemporaryLabs.Make("verify-env"), new StartProgress(), signals.Stop);
        using VerdictsClient verdicts = new(ports.Verifier, verifier.Token);
        return await Verification.RunAsync(verdicts, _ => Task.FromResult<IReadOnlyList<ResourceState>>([]), files, Verification.OwnLabLimit, signals.Stop);
    }

    private static EnvFile Read(string file)
    {
        if (Directory.Exists(file) || string.IsNullOrWhiteSpace(file))
            throw new UnavailableException($"--env-file = '{file}' is no file: name the .env in the folder that 'compose --output' wrote.");
        try
        {
            return EnvFile.Read(File.ReadAllText(file));
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            throw new UnavailableException($"{file} cannot be read: {unreadable.Message.TrimEnd('.')}.");
        }
    }
}
