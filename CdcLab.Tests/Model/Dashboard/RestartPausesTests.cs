using CdcLab.Runtime.Standalone.Dashboard;
using Xunit;

namespace CdcLab.Tests.Model.Dashboard;

[Trait("tier", "model")]
public sealed class RestartPausesTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Fact]
    public void Pause_grows_to_a_minute_and_the_same_reason_is_told_once()
    {
        RestartPauses pauses = new();
        (TimeSpan Pause, bool IsNews)[] told = [.. Enumerable.Range(0, 9).Select(_ => pauses.After(Second, "crash"))];

        Assert.Equal([1, 2, 4, 8, 16, 32, 60, 60, 60], told.Select(t => t.Pause.TotalSeconds));
        Assert.Equal([true, false, false, false, false, false, false, false, false], told.Select(t => t.IsNews));
    }

    [Fact]
    public void Another_reason_is_news()
    {
        RestartPauses pauses = new();
        pauses.After(Second, "crash");
        Assert.True(pauses.After(Second, "port taken").IsNews);
    }

    [Fact]
    public void One_that_lived_for_some_time_begins_anew()
    {
        RestartPauses pauses = new();
        pauses.After(Second, "crash");
        pauses.After(Second, "crash");
        Assert.Equal((Second, true), pauses.After(TimeSpan.FromMinutes(2), "crash"));
    }
}
