using CdcLab.Clients.Control;
using CdcLab.Clients.Verdicts;
using CdcLab.Model;
using CdcLab.Model.Live;
using CdcLab.Model.Options;
using CdcLab.Runtime.Standalone.Data;
using CdcLab.Runtime.Standalone.Fetching;

namespace CdcLab.AppHost;

/// <summary>A lab that another process runs, found by the run file of its data directory.</summary>
/// <param name="Directory">Its data directory.</param>
/// <param name="HostPid">Its host.</param>
/// <param name="Settings">Its effective settings, by key.</param>
/// <param name="Ports">Its ports.</param>
/// <param name="Abilities">What it is and can show.</param>
/// <param name="Token">Its bearer token.</param>
internal sealed record RunningLab(DataDirectory Directory, int HostPid, IReadOnlyDictionary<string, string> Settings, LabPorts Ports, LabAbilities Abilities, string Token)
{
    /// <summary>The process of its dashboard; null where there is none now.</summary>
    public int? DashboardPid { get; init; }

    /// <summary>The page of a dashboard that is not the lab's own process; null for none.</summary>
    public Uri? DashboardPage { get; init; }

    /// <summary>The lab that runs in a data directory.</summary>
    /// <returns>Null when none runs there, or it does not listen yet.</returns>
    public static RunningLab? Find(DataDirectory directory) =>
        RunRecord.Living(directory) is { Settings: { } settings, Ports: { } ports, Abilities: { } abilities, Token: { } token } run
            ? new(directory, run.Host.Pid, settings, ports, abilities, token) { DashboardPid = run.Dashboard?.Pid, DashboardPage = run.DashboardPage }
            : null;

    /// <summary>The lab that these options name, for a command that needs one.</summary>
    /// <exception cref="UnavailableException">None runs there.</exception>
    public static RunningLab Get(LabOptions options)
    {
        DataDirectory directory = DataDirectory.Of(options);
        if (Find(directory) is { } lab)
            return lab;
        throw new UnavailableException(RunRecord.Living(directory) is { } starting
            ? $"The lab in {directory.Path} (host process {starting.Host.Pid}) is still fetching its programs; try again when it has started its servers."
            : $"No lab runs in {directory.Path}; start one with 'dotnet run --project CdcLab.AppHost', or name another with --Lab:DataDirectory=FOLDER.");
    }

    /// <summary>Its picture, made from the settings with which it runs, not from those of this command.</summary>
    public LabModel Model() => LabModel.From(
        SettingsReader.Read(Settings.Select(s => KeyValuePair.Create(s.Key, (string?)s.Value))).Options,
        Ports,
        Abilities.Runtime == "container" ? LabRuntimeKind.Container : LabRuntimeKind.Embedded);

    /// <summary>A client of its control endpoint.</summary>
    public ControlClient Control() => new(Ports.Control, Token);

    /// <summary>A client of its verifier.</summary>
    public VerdictsClient Verdicts() => new(Ports.Verifier, Token, Model().Verifier.Ports[0].BindAddress);
}
