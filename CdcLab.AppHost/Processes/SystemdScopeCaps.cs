using System.ComponentModel;

namespace CdcLab.AppHost.Processes;

/// <summary>Caps by systemd on cgroup v2: each server runs in a transient scope, which systemd removes when the server ends. <c>systemd-run --scope</c> becomes
/// the server by exec, so that the process id stays.</summary>
internal sealed class SystemdScopeCaps : MemoryCaps
{
    private readonly string _name;
    private readonly string[] _mode;

    private SystemdScopeCaps(string name, string[] mode)
    {
        _name = name;
        _mode = mode;
    }

    public override string Description => "cgroup v2 (systemd scopes)";

    public static SystemdScopeCaps? TryCreate(string name, out string whyNot)
    {
        whyNot = "systemd does not run here";
        if (!Directory.Exists("/run/systemd/system") || CgroupFiles.Mount("cgroup2", null) is null)
            return null;

        // A scope with the same properties as the real ones (systemd.resource-control(5)), around a program that ends at once.
        string[] mode = Environment.IsPrivilegedProcess ? [] : ["--user"];
        ProcessStartInfo info = new("systemd-run", [.. Arguments(mode, $"{name}-try-{Environment.ProcessId}", 64 * 1024 * 1024), "true"])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        try
        {
            using Process? attempt = Process.Start(info);
            if (attempt is not null && attempt.WaitForExit(TimeSpan.FromSeconds(5)) && attempt.ExitCode == 0)
                return new(name, mode);
            whyNot = "systemd-run creates no scope for this user";
        }
        catch (Win32Exception missing)
        {
            whyNot = missing.Message.TrimEnd('.');
        }

        return null;
    }

    // A scope keeps its name until its last process is gone, so that each start takes another.
    public override CapGroup Prepare(string server, long capBytes)
    {
        string unit = $"{_name}-{server}-{Stopwatch.GetTimestamp()}";
        return new(capBytes, pid => Read(unit, pid)) { Wrapper = ["systemd-run", .. Arguments(_mode, unit, capBytes)] };
    }

    private static MemoryReading? Read(string unit, int? pid) =>
        pid is { } process && CgroupFiles.Mount("cgroup2", null) is { } mount
        && CgroupFiles.GroupOf(process.ToString(CultureInfo.InvariantCulture), "") is { } group && group.Contains(unit, StringComparison.Ordinal)
            ? CgroupV2Caps.Read(mount + group)
            : null;

    private static string[] Arguments(string[] mode, string unit, long capBytes) =>
    [
        .. mode, "--scope", "--quiet", "--collect", $"--unit={unit}", "-p", string.Create(CultureInfo.InvariantCulture, $"MemoryMax={capBytes}"), "-p", "MemorySwapMax=0", "--",
    ];
}
