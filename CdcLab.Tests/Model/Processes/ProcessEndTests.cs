using CdcLab.AppHost.Processes;

namespace CdcLab.Tests.Model.Processes;

public sealed class ProcessEndTests
{
    private static readonly SentSignal Kill = new("kill", Signal.Kill);
    private static readonly SentSignal Stop = new("stop", Signal.Terminate);

    [Fact]
    public void Describe_tells_by_whom_and_how()
    {
        Assert.Equal("killed by SIGKILL from outside the lab", Of(-1, new(null, 9), null));
        Assert.Equal("killed by `kill` of this lab (SIGKILL)", Of(-1, new(null, 9), Kill));
        Assert.Equal("killed by `kill` of this lab (SIGKILL)", Of(-1, null, Kill));
        Assert.Equal("killed by SIGKILL after `stop` of this lab (SIGTERM)", Of(-1, new(null, 9), Stop));
        Assert.Equal("killed by a signal after `stop` of this lab (SIGTERM)", Of(-1, null, Stop));
        Assert.Equal("killed by a signal from outside the lab (this kernel does not tell which)", Of(-1, null, null));
        Assert.Equal("crashed with SIGSEGV", Of(-1, new(null, 11), null));
        Assert.Equal("ended by itself with exit code 1", Of(1, null, null));
        Assert.Equal("ended by itself with exit code 7", Of(null, new(7, null), null));
        Assert.Equal("ended with exit code 143 after `stop` of this lab (SIGTERM)", Of(143, null, Stop));
        Assert.Equal("ended with exit code 143, as after SIGTERM from outside the lab", Of(143, null, null));
        Assert.Equal("ended; how is not known", Of(null, null, null));
    }

    [Fact]
    public void A_memory_kill_is_told_only_where_the_kernel_can_have_been_it()
    {
        MemoryReading counted = new(null, null, null, 768L << 20, 1, true);
        Assert.Equal("killed by the kernel's memory killer: its cap is 768 MiB", ProcessEnd.Of(-1, null, null, counted).Describe());
        // The count is of an earlier child of the server: not of what the lab did itself, nor of an ordinary exit.
        Assert.Equal("killed by `kill` of this lab (SIGKILL)", ProcessEnd.Of(-1, null, Kill, counted).Describe());
        Assert.Equal("ended by itself with exit code 1", ProcessEnd.Of(1, null, null, counted).Describe());
        Assert.Equal("killed by SIGTERM from outside the lab", ProcessEnd.Of(-1, new(null, 15), null, counted).Describe());
    }

    [Theory]
    [InlineData(9, null, 9)]
    [InlineData(15, null, 15)]
    [InlineData(null, 7, null)]
    public async Task The_end_of_a_process_that_is_no_child_is_known_exactly(int? signal, int? exitCode, int? endedBy)
    {
        Assert.SkipUnless(Environment.OSVersion.Version >= new Version(6, 15), "the kernel tells it from 6.15 on");
        // The shell between is the parent and reaps, as Aspire's orchestrator does. Its background job has no standard input of its own, hence descriptor 3.
        using Process parent = Running.Start("/bin/sh", ["-c", "exec 3<&0; /bin/sh -c 'read -r go; exit 7' <&3 & echo $!; wait $!; echo reaped; read -r end"]);
        int pid = int.Parse((await parent.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken))!, CultureInfo.InvariantCulture);
        using EndWatch? watch = EndWatch.Open(pid);
        Assert.NotNull(watch);
        Assert.Null(watch.TryRead());

        if (signal is { } number)
            Assert.True(ProcessSignals.TrySend(pid, (Signal)number));
        else
            await parent.StandardInput.WriteLineAsync("go");
        Assert.Equal("reaped", await parent.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken));

        Assert.Equal(new ExitStatus(exitCode, endedBy), watch.TryRead());
        Assert.False(ProcessSignals.TrySend(pid, Signal.Terminate));
        Assert.Null(EndWatch.Open(pid));
        parent.Kill();
    }

    private static string Of(int? reported, ExitStatus? status, SentSignal? sent) => ProcessEnd.Of(reported, status, sent, memory: null).Describe();
}
