using CdcLab.Verifier.Checks;
using CdcLab.Verifier.Sources;

namespace CdcLab.Tests.Model.Verifier;

[Trait("tier", "model")]
public sealed class DiskCheckTests
{
    private const long MiB = 1L << 20;

    [Theory]
    [InlineData(256, Outcome.Ok)]
    [InlineData(255, Outcome.Failed)]
    [InlineData(0, Outcome.Failed)]
    public void Disk_with_less_than_256_MiB_free_fails_and_names_its_folder(long freeMiB, Outcome outcome)
    {
        Verdict verdict = Judge(new("/data", freeMiB * MiB, 1000 * MiB));

        Assert.Equal((outcome, $"{freeMiB} MiB of 1,000 MiB free at /data"), (verdict.Outcome, verdict.Actual));
        Assert.Equal(outcome == Outcome.Failed, verdict.Fix?.Contains("Free space on that disk", StringComparison.Ordinal) == true);
    }

    [Fact]
    public void Disk_that_could_not_be_read_is_unknown() => Assert.Equal(Outcome.Unknown, Judge(null).Outcome);

    private static Verdict Judge(DiskFigures? disk) => new DiskCheck(new FiguresStore(TimeProvider.System)).Judge(disk);
}
