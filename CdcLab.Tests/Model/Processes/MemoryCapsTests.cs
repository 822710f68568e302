using CdcLab.AppHost.Processes;

namespace CdcLab.Tests.Model.Processes;

public sealed class MemoryCapsTests : IDisposable
{
    private const long Cap = 20 * 1024 * 1024;
    private readonly MemoryCaps _caps = MemoryCaps.Create($"test-{Environment.ProcessId}-{Guid.NewGuid():N}");

    public void Dispose() => _caps.Dispose();

    [Fact]
    public async Task A_process_over_its_cap_is_killed_and_the_end_says_so()
    {
        Assert.SkipUnless(_caps.WhyNot is null, $"caps: {_caps.WhyNot}");
        CapGroup group = _caps.Prepare("eater", Cap);

        // dd takes its whole block at once. It waits for a line first, so that the watch is there before the end.
        using Process process = Start(group, "/bin/sh", "-c", "read -r go; exec dd if=/dev/zero of=/dev/null bs=64M count=4");
        await Running.UntilAsync(() => group.Read(process.Id).UsedBytes > 0, "the process is counted in its group");
        using EndWatch? watch = EndWatch.Open(process.Id);
        await process.StandardInput.WriteLineAsync("go");
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);

        MemoryReading reading = group.Read(process.Id);
        Assert.True(reading.CapEnforced);
        Assert.Equal(Cap, reading.CapBytes);
        Assert.True(reading.OomKills > 0);
        Assert.Equal("killed by the kernel's memory killer: its cap is 20 MiB", ProcessEnd.Of(-1, watch?.TryRead(), sent: null, reading).Describe());
        Assert.Equal(0, _caps.Prepare("eater", Cap).Read(null).OomKills);
    }

    [Fact]
    public async Task The_server_keeps_the_process_id_of_the_launch()
    {
        using Process process = Start(_caps.Prepare("sleeper", Cap), "/bin/sleep", "60");
        await Running.UntilAsync(() => ProcessTable.CommandLine(process.Id) is ["/bin/sleep", "60"], "the shell has become the server");
        process.Kill();
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Without_a_group_the_reading_is_the_processs_own_and_tells_no_kills()
    {
        using NoCaps none = new("a test");
        CapGroup group = none.Prepare("sleeper", Cap);
        using Process process = Start(group, "/bin/sleep", "60");
        await Running.UntilAsync(() => ProcessTable.CommandLine(process.Id) is ["/bin/sleep", _], "sleep runs");

        MemoryReading reading = group.Read(process.Id);
        process.Kill();
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.True(reading.UsedBytes > 0);
        Assert.Null(reading.OomKills);
        Assert.False(reading.CapEnforced);
        Assert.Equal(new MemoryReading(null, null, null, Cap, null, false), group.Read(process.Id));
        Assert.Equal("a test", none.WhyNot);
    }

    [Fact]
    public void What_a_killed_lab_left_is_removed_by_the_next_of_the_same_name()
    {
        Assert.SkipUnless(_caps.WhyNot is null, $"caps: {_caps.WhyNot}");
        string name = $"left-{Guid.NewGuid():N}";
        string? left = MemoryCaps.Create(name).Prepare("server", Cap).ProcsFile;
        Assert.SkipWhen(left is null, "systemd removes its scopes itself");

        using MemoryCaps next = MemoryCaps.Create(name);

        Assert.False(File.Exists(left));
    }

    [Fact]
    public async Task The_users_variables_that_would_change_a_server_are_taken_away()
    {
        string[] inherited = ["PATH", "JAVA_TOOL_OPTIONS", "KAFKA_HEAP_OPTS", "KAFKA-x", "MYSQL_HOME", "LANG"];
        Assert.Equal(["JAVA_TOOL_OPTIONS", "KAFKA_HEAP_OPTS", "MYSQL_HOME"], Launch.Removed(inherited));

        string taken = "KAFKA_TAKEN_" + Environment.ProcessId;
        try
        {
            Environment.SetEnvironmentVariable(taken, "1");
            using Process process = Start(new CapGroup(Cap, _ => null), "/usr/bin/env");
            string output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
            Assert.Contains("PATH=", output, StringComparison.Ordinal);
            Assert.DoesNotContain(taken, output, StringComparison.Ordinal);
        }
        finally
        {
            Environment.SetEnvironmentVariable(taken, null);
        }
    }

    private static Process Start(CapGroup group, string program, params string[] args)
    {
        (string wrapped, IReadOnlyList<string> words) = Launch.InCap(group, program, args);
        return Running.Start(wrapped, words);
    }
}

internal static class Running
{
    public static Process Start(string program, IEnumerable<string> args) =>
        Process.Start(new ProcessStartInfo(program, args) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false })!;

    public static async Task UntilAsync(Func<bool> condition, string what)
    {
        Stopwatch waited = Stopwatch.StartNew();
        while (!condition())
        {
            Assert.True(waited.Elapsed < TimeSpan.FromSeconds(10), $"Not within ten seconds: {what}.");
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }
    }
}
