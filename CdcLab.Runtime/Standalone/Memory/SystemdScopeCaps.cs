using System.Diagnostics;
using System.Globalization;
using CdcLab.Model.Live;
using CdcLab.Runtime.Standalone.Processes;

namespace CdcLab.Runtime.Standalone.Memory;

/// <summary>Caps by systemd on cgroup v2: each server runs in a transient scope, which systemd takes away when the server ends.</summary>
internal sealed class SystemdScopeCaps : MemoryCaps
{
    private readonly string _labId;
    private readonly string[] _mode;

    private SystemdScopeCaps(string labId, string[] mode)
    {
        _labId = labId;
        _mode = mode;
    }

    public override bool Enforced => true;

    public override string Description => "enforced by cgroup v2 (systemd scopes)";

    public static SystemdScopeCaps? TryMake(string labId, out string whyNot)
    {
        whyNot = "systemd does not run here";
        if (!Directory.Exists("/run/systemd/system") || CgroupFiles.Mount("cgroup2", null) is null)
            return null;

        // systemd.resource-control(5); a scope with the same properties as the real ones, around a program that ends at once.
        string[] mode = Environment.IsPrivilegedProcess ? [] : ["--user"];
        ProcessStartInfo info = new("systemd-run") { RedirectStandardError = true, RedirectStandardOutput = true, UseShellExecute = false };
        foreach (string argument in (string[])[.. Arguments(mode, $"cdclab-{labId}-try-{Environment.ProcessId}", 64 * 1024 * 1024), "true"])
            info.ArgumentList.Add(argument);
        try
        {
            using Process? attempt = Process.Start(info);
            if (attempt is not null && attempt.WaitForExit(TimeSpan.FromSeconds(5)) && attempt.ExitCode == 0)
                return new(labId, mode);
            whyNot = "systemd-run makes no scope for this user";
        }
        catch (System.ComponentModel.Win32Exception missing)
        {
            whyNot = missing.Message.TrimEnd('.');
        }

        return null;
    }

    // A scope keeps its name until its last process is gone, so that each start takes another.
    public override LaunchSpec Apply(LaunchSpec spec, string server, long capBytes) =>
        spec with { Wrapper = ["systemd-run", .. Arguments(_mode, $"cdclab-{_labId}-{server}-{Stopwatch.GetTimestamp()}", capBytes)] };

    public override MemoryFigures Read(string server, int pid, long capBytes) =>
        CgroupFiles.Mount("cgroup2", null) is { } mount && CgroupFiles.GroupOf(pid.ToString(CultureInfo.InvariantCulture), "") is { } group && group.Contains(_labId, StringComparison.Ordinal)
            ? CgroupV2Caps.Figures(mount + group)
            : ProcessMemory.Read(pid) with { CapBytes = capBytes };

    public override void Remove()
    {
        // systemd has taken the scopes away with their processes.
    }

    private static string[] Arguments(string[] mode, string unit, long capBytes) =>
    [
        .. mode, "--scope", "--quiet", "--collect", $"--unit={unit}", "-p", string.Create(CultureInfo.InvariantCulture, $"MemoryMax={capBytes}"), "-p", "MemorySwapMax=0", "--",
    ];
}
