using System.Diagnostics;
using System.Globalization;
using CdcLab.Benchmarks.Figures;

namespace CdcLab.Benchmarks.Labs;

/// <summary>What processes of ours take while the lab does nothing: resident memory and processor time over a window.</summary>
/// <param name="Resident">Sum of the resident memory in MB, once a second. Pages that several of them share count for each.</param>
/// <param name="Cores">Processor time of all of them, as a share of one core.</param>
/// <param name="Each">The same for each process, as words.</param>
internal sealed record Footprint(Samples Resident, double Cores, string Each)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    public static async Task<Footprint> MeasureAsync(IReadOnlyDictionary<string, int> processes, TimeSpan window, CancellationToken cancellationToken)
    {
        Samples resident = new();
        Dictionary<string, TimeSpan> before = processes.ToDictionary(p => p.Key, p => Used(p.Value), StringComparer.Ordinal);
        long begin = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(begin) < window)
        {
            await Task.Delay(Interval, cancellationToken);
            resident.Add(processes.Values.Sum(ResidentBytes) / 1e6);
        }

        TimeSpan took = Stopwatch.GetElapsedTime(begin);
        Dictionary<string, double> cores = processes.ToDictionary(p => p.Key, p => (Used(p.Value) - before[p.Key]) / took, StringComparer.Ordinal);
        string each = string.Join(", ", processes.Select(p => string.Create(CultureInfo.InvariantCulture, $"{p.Key} {ResidentBytes(p.Value) / 1e6:0} MB {100 * cores[p.Key]:0.0} %")));
        return new(resident, cores.Values.Sum(), each);
    }

    private static TimeSpan Used(int pid)
    {
        using Process process = Process.GetProcessById(pid);
        return process.TotalProcessorTime;
    }

    private static long ResidentBytes(int pid)
    {
        string line = File.ReadLines($"/proc/{pid}/status").First(l => l.StartsWith("VmRSS:", StringComparison.Ordinal));
        return 1024 * long.Parse(line["VmRSS:".Length..].Trim().Split(' ')[0], CultureInfo.InvariantCulture);
    }
}
