using CdcLab.Clients.Control;
using CdcLab.Model;
using CdcLab.Model.Live;
using CdcLab.Model.Options;
using CdcLab.Verifier.Checks;
using CdcLab.Verifier.Sources;
using Xunit;

namespace CdcLab.Tests.Model.Verifier;

[Trait("tier", "model")]
public sealed class MemoryCheckTests
{
    private const long Cap = 768 * ByteSize.MiB;

    [Fact]
    public void Every_server_with_a_cap_is_judged()
    {
        using ControlClient control = new(1, "t");
        Assert.Equal(
            ["memory.mysql", "memory.zookeeper", "memory.kafka-1", "memory.kafka-2", "memory.kafka-3"],
            Checks(control, enforced: true).SelectMany(c => c.Promises).Select(p => p.Id));
    }

    [Theory]
    [InlineData(400, 0, true, Outcome.Ok)]
    [InlineData(768, 0, true, Outcome.Ok)]
    [InlineData(769, 0, true, Outcome.Failed)]
    [InlineData(400, 1, true, Outcome.Failed)]
    [InlineData(400, 0, false, Outcome.Failed)]
    public void Use_kills_and_the_enforced_cap_decide(long usedMiB, long kills, bool enforced, Outcome outcome) =>
        Assert.Equal(outcome, Judge(new(usedMiB * ByteSize.MiB, 0, Cap, 0, kills, enforced)).Outcome);

    [Fact]
    public void Another_cap_than_the_models_is_a_failure() =>
        Assert.Equal(Outcome.Failed, Judge(new(1, 0, 2 * Cap, 0, 0, true)).Outcome);

    [Fact]
    public void Cap_that_cannot_be_enforced_here_is_no_failure_but_use_above_it_is()
    {
        Assert.Equal(Outcome.Ok, Judge(new(1, null, Cap, null, null, false), labEnforces: false).Outcome);
        Assert.Contains("cap not enforced", Judge(new(1, null, Cap, null, null, false), labEnforces: false).Actual, StringComparison.Ordinal);
        Assert.Equal(Outcome.Failed, Judge(new(Cap + 1, null, Cap, null, null, false), labEnforces: false).Outcome);
    }

    [Fact]
    public void Figure_that_could_not_be_read_is_unknown_not_zero()
    {
        Assert.Equal(Outcome.Unknown, Judge(new(null, null, Cap, null, null, true)).Outcome);
        Assert.Equal(Outcome.Unknown, Judge(null).Outcome);
    }

    private static IEnumerable<MemoryCheck> Checks(ControlClient control, bool enforced) =>
        MemoryCheck.Of(LabModel.From(new LabOptions(), LabPorts.From(0), LabRuntimeKind.Embedded), new LabAbilities("embedded", "", "", enforced, []), new ResourceSource(control, TimeProvider.System));

    private static Verdict Judge(MemoryFigures? memory, bool labEnforces = true)
    {
        using ControlClient control = new(1, "t");
        return Checks(control, labEnforces).First(c => c.Promises[0].Id == "memory.kafka-1")
            .Judge(new ResourceState { Name = "kafka-1", Kind = ResourceKind.Server, State = RunState.Running, Memory = memory });
    }
}
