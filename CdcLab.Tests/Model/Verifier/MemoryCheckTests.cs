using CdcLab.Verifier.Checks;
using CdcLab.Verifier.Sources;

namespace CdcLab.Tests.Model.Verifier;

[Trait("tier", "model")]
public sealed class MemoryCheckTests
{
    private const long Cap = 1L << 30;

    private static readonly MemoryFigures Right = new(UsedBytes: Cap / 2, CacheBytes: 0, PeakBytes: Cap, CapBytes: Cap, OomKills: 0);

    [Fact]
    public void Process_that_was_moved_out_of_its_group_has_no_cap_and_gets_it_by_a_restart()
    {
        Verdict verdict = Judge(Right with { OomKills = null, CapBytes = null, IsOutside = true });

        Assert.Equal(Outcome.Failed, verdict.Outcome);
        Assert.Contains(" restart`", verdict.Fix, StringComparison.Ordinal);
    }

    [Fact]
    public void Server_inside_its_cap_that_was_never_killed_is_ok() => Assert.Equal(Outcome.Ok, Judge(Right).Outcome);

    [Fact]
    public void Number_of_OOM_kills_that_is_not_known_is_unknown_and_said_with_what_is_known()
    {
        Verdict verdict = Judge(Right with { OomKills = null });

        Assert.Equal(Outcome.Unknown, verdict.Outcome);
        Assert.Contains("OOM kills", verdict.Because, StringComparison.Ordinal);
        Assert.Contains("512", verdict.Because, StringComparison.Ordinal);
    }

    [Fact]
    public void Where_no_cap_can_be_enforced_the_verdict_promises_nothing_of_OOM_kills()
    {
        Verdict verdict = Judge(Right with { OomKills = null, CapBytes = null }, enforced: false);

        Assert.Equal(Outcome.Ok, verdict.Outcome);
        Assert.DoesNotContain("OOM", verdict.Expected, StringComparison.Ordinal);
        Assert.Contains("cap not enforced, OOM kills not known", verdict.Actual, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_known_to_be_wrong_fails_even_where_the_OOM_kills_are_not_known()
    {
        Assert.Equal(Outcome.Failed, Judge(Right with { OomKills = null, CapBytes = 2 * Cap }).Outcome);
        Assert.Equal(Outcome.Failed, Judge(Right with { OomKills = null, UsedBytes = 2 * Cap }).Outcome);
        Assert.Equal(Outcome.Failed, Judge(Right with { OomKills = 1 }).Outcome);
        Assert.Equal(Outcome.Failed, Judge(Right with { OomKills = 1, UsedBytes = null }).Outcome);
    }

    [Fact]
    public void Control_group_that_could_not_be_read_is_unknown_and_not_a_cap_that_is_missing()
    {
        Assert.Equal(Outcome.Unknown, Judge(Right with { CapBytes = null, OomKills = null }).Outcome);
        Assert.Equal(Outcome.Failed, Judge(Right with { CapBytes = null }).Outcome);
    }

    [Fact]
    public void Use_that_is_not_known_is_unknown() => Assert.Equal(Outcome.Unknown, Judge(Right with { UsedBytes = null }).Outcome);

    private static Verdict Judge(MemoryFigures memory, bool enforced = true) =>
        new MemoryCheck("mysql", Cap, new FiguresStore(TimeProvider.System)).Judge(new() { Name = "mysql", State = "Running", Memory = memory }, enforced);
}
