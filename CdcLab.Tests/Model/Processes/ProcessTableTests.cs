using CdcLab.AppHost.Processes;

namespace CdcLab.Tests.Model.Processes;

public sealed class ProcessTableTests
{
    [Fact]
    public async Task A_process_is_seen_stopped_continued_and_gone()
    {
        using Process process = Running.Start("/bin/sleep", ["60"]);
        ProcessIdentity identity = ProcessTable.Identify(process.Id)!.Value;

        Assert.True(ProcessSignals.TrySend(process.Id, Signal.Stop));
        await Running.UntilAsync(() => ProcessTable.IsStopped(process.Id) == true, "it is stopped");
        Assert.True(ProcessSignals.TrySend(process.Id, Signal.Continue));
        await Running.UntilAsync(() => ProcessTable.IsStopped(process.Id) == false, "it continues");
        Assert.Equal(Environment.ProcessId, ProcessTable.Parent(process.Id));
        Assert.Contains(process.Id, ProcessTable.Children(Environment.ProcessId));
        Assert.True(ProcessTable.ProportionalBytes(process.Id) > 0);
        Assert.True(identity.IsAlive);

        ProcessSignals.TrySend(process.Id, Signal.Terminate);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        await Running.UntilAsync(() => !ProcessSignals.TrySend(process.Id, Signal.Terminate), "it is gone");
        Assert.False(identity.IsAlive);
        Assert.Null(ProcessTable.IsStopped(process.Id));
        Assert.Null(ProcessTable.ProportionalBytes(process.Id));
        Assert.Empty(ProcessTable.CommandLine(process.Id));
        Assert.Empty(ProcessTable.Children(process.Id));
    }

    [Fact]
    public void A_later_process_with_the_same_id_is_another()
    {
        ProcessIdentity own = ProcessTable.Identify(Environment.ProcessId)!.Value;
        Assert.True(own.IsAlive);
        Assert.False((own with { StartTime = own.StartTime - 1 }).IsAlive);
        Assert.InRange(own.StartTime, 1, ProcessTable.Now());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(0)]
    [InlineData(-5)]
    public void A_signal_to_init_or_to_a_group_is_refused(int pid) => Assert.Throws<ArgumentOutOfRangeException>(() => ProcessSignals.TrySend(pid, Signal.Continue));

    [Theory]
    [InlineData(true, "dotnet", "run", "--project", "CdcLab.AppHost")]
    [InlineData(true, "/usr/share/dotnet/dotnet", "watch", "run")]
    [InlineData(false, "/bin/bash", "run")]
    [InlineData(false, "dotnet", "test.dll")]
    [InlineData(false, "dotnet", "test.dll", "--", "run")]
    public void Only_dotnet_run_is_watched(bool expected, params string[] commandLine) => Assert.Equal(expected, OrphanWatch.IsDotnetRun(commandLine));

    [Theory]
    [InlineData("SigIgn:\t0000000000001001", true)]
    [InlineData("SigIgn:\t0000000000001000", false)]
    [InlineData("SigBlk:\t0000000000000001", false)]
    public void Nohup_is_recognized(string line, bool expected) => Assert.Equal(expected, OrphanWatch.HangupIsIgnored(["Name:\tx", line]));
}
