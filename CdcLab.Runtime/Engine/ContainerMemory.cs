using System.Globalization;
using CdcLab.Model.Live;
using CdcLab.Runtime.Standalone.Memory;
using Docker.DotNet;
using Docker.DotNet.Models;

namespace CdcLab.Runtime.Engine;

/// <summary>The memory of a container as the engine reads it from the kernel; peak and OOM kills from the kernel's own files, where the engine's groups can be seen from here.</summary>
internal static class ContainerMemory
{
    /// <summary>The figures now; null where it does not run, or the engine does not answer.</summary>
    /// <param name="engine">The engine.</param>
    /// <param name="id">The container.</param>
    /// <param name="pid">Its first process as the engine sees it.</param>
    /// <param name="cap">The cap that it was given.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public static async Task<MemoryFigures?> ReadAsync(ContainerEngine engine, string id, long pid, long cap, CancellationToken cancellationToken)
    {
        try
        {
            Read read = new();
            await engine.Client.Containers.GetContainerStatsAsync(id, new ContainerStatsParameters { Stream = false, OneShot = true }, read, cancellationToken);
            if (read.Last?.MemoryStats is not { Stats: { Count: > 0 } parts } memory)
                return null;

            // cgroup v2 says anon and file; v1 says rss and cache, of all below it as total_rss and total_cache.
            long? limit = (long?)memory.Limit;
            string? group = GroupOf(pid, id);
            return new(
                Part(parts, "anon") ?? Part(parts, "total_rss") ?? Part(parts, "rss"),
                Part(parts, "file") ?? Part(parts, "total_cache") ?? Part(parts, "cache"),
                limit ?? cap,
                memory.MaxUsage > 0 ? (long?)memory.MaxUsage : Number(group, "memory.peak"),
                group is null ? null : OomKills(group),
                // Without one, the engine tells the machine's memory as the limit.
                CapEnforced: limit is { } enforced && enforced <= cap);
        }
        catch (Exception gone) when (gone is DockerApiException || EngineFaults.IsSilence(gone))
        {
            return null;
        }
    }

    private static long? OomKills(string group) => CgroupFiles.Number(Path.Combine(group, "memory.events"), "oom_kill") ?? CgroupFiles.Number(Path.Combine(group, "memory.oom_control"), "oom_kill");

    private static long? Number(string? group, string file) => group is null ? null : CgroupFiles.Number(Path.Combine(group, file));

    // Only a group whose path names the container is its own: the engine may be in another namespace of processes, where the number is somebody else's.
    private static string? GroupOf(long pid, string id)
    {
        string process = pid.ToString(CultureInfo.InvariantCulture);
        foreach ((string? mount, string controller) in (ReadOnlySpan<(string?, string)>)[(CgroupFiles.Mount("cgroup", "memory"), "memory"), (CgroupFiles.Mount("cgroup2", null), "")])
        {
            if (mount is not null && CgroupFiles.GroupOf(process, controller) is { } path && path.Contains(id, StringComparison.Ordinal) && mount + path is var folder && Directory.Exists(folder))
                return folder;
        }

        return null;
    }

    private static long? Part(IDictionary<string, ulong> parts, string name) => parts.TryGetValue(name, out ulong value) ? (long)value : null;

    private sealed class Read : IProgress<ContainerStatsResponse>
    {
        public ContainerStatsResponse? Last { get; private set; }

        public void Report(ContainerStatsResponse value) => Last = value;
    }
}
