using CdcLab.AppHost.Processes;
using Microsoft.Extensions.Logging.Abstractions;

namespace CdcLab.Tests.Model.Processes;

[Trait("tier", "model")]
public sealed class LaunchTests
{
    [Fact]
    public async Task Program_ends_with_its_caller_also_when_the_shells_around_it_were_told_to_end()
    {
        // One that is nobody else's.
        string seconds = $"3600.{Environment.ProcessId}";
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        Task run = Launch.RunAsync("Sleeping", new("/bin/sleep", [seconds], "/"), NullLogger.Instance, stop.Token);
        await Running.UntilAsync(() => With(seconds).Any(IsSleep) && With(seconds).Any(p => !IsSleep(p) && OrphanWatch.HangupIsIgnored(Status(p))), "the program runs, watched");

        // As a group's SIGTERM does it, to all but the program, which may take its time.
        using (Process kill = Process.Start("/bin/sh", ["-c", $"kill -TERM {string.Join(' ', With(seconds).Where(p => !IsSleep(p)))}"]))
            await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken));
        await Running.UntilAsync(() => !With(seconds).Any(), "nothing is left");

        static bool IsSleep(int process) => ProcessTable.CommandLine(process) is ["/bin/sleep", _];
    }

    private static IEnumerable<int> With(string argument) =>
        Directory.GetDirectories("/proc").Select(f => int.TryParse(Path.GetFileName(f), out int process) ? process : 0).Where(p => p > 0 && ProcessTable.CommandLine(p).Contains(argument));

    private static string[] Status(int process) => File.Exists($"/proc/{process}/status") ? File.ReadAllLines($"/proc/{process}/status") : [];
}
