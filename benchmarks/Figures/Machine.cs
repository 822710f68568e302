using System.Globalization;
using System.Reflection;
using System.Runtime.InteropServices;

namespace CdcLab.Benchmarks.Figures;

/// <summary>The machine, as far as it explains figures.</summary>
internal static class Machine
{
    public static string Describe()
    {
        string memory = Field("/proc/meminfo", "MemTotal:");
        double gibibytes = memory.Length == 0 ? 0 : double.Parse(memory.Split(' ')[0], CultureInfo.InvariantCulture) / 1024 / 1024;
        string system = File.Exists("/etc/os-release") ? Field("/etc/os-release", "PRETTY_NAME=").Trim('"') : "Linux";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{system}, kernel {Environment.OSVersion.Version}, {Environment.ProcessorCount} cores ({Field("/proc/cpuinfo", "model name").TrimStart(':', ' ')}), {gibibytes:0.0} GiB of memory, {RuntimeInformation.FrameworkDescription}, {Configuration} build");
    }

    /// <summary>How busy the machine is: the load of the last minute, of which the benchmark's own share cannot be told apart.</summary>
    public static string Load() => File.ReadAllText("/proc/loadavg").Split(' ')[0];

    private static string Configuration => typeof(Machine).Assembly.GetCustomAttribute<AssemblyConfigurationAttribute>()?.Configuration ?? "unknown";

    private static string Field(string file, string name) =>
        File.ReadLines(file).FirstOrDefault(l => l.StartsWith(name, StringComparison.Ordinal)) is { } line ? line[name.Length..].Trim() : "";
}
