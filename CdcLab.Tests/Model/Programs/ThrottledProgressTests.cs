using CdcLab.AppHost.Programs;
using Microsoft.Extensions.Time.Testing;

namespace CdcLab.Tests.Model.Programs;

[Trait("tier", "model")]
public sealed class ThrottledProgressTests
{
    [Fact]
    public void Reports_are_thinned_to_ten_a_second_but_never_a_new_step_or_the_end()
    {
        var time = new FakeTimeProvider();
        var reports = new Reports();
        var progress = new ThrottledProgress("kafka", reports, time);
        for (var i = 0; i < 1000; i++)
        {
            progress.Report("downloading", i, 1000);
            time.Advance(TimeSpan.FromMilliseconds(1));
        }

        progress.Report("downloading", 1000, 1000);
        progress.Report("unpacking");
        Assert.Equal(12, reports.All.Count);
        Assert.Equal(new FetchProgress("kafka", 1000, 1000), reports.All[^2]);
        Assert.Equal(new FetchProgress("kafka", 0, null) { Step = "unpacking" }, reports.All[^1]);
    }
}
