using CdcLab.Verifier.Probes;

namespace CdcLab.Tests.Model.Verifier;

[Trait("tier", "model")]
public sealed class ProbeMessageTests
{
    [Property]
    public void Number_is_read_back_by_its_own_run_only(Guid run, Guid other, long number)
    {
        byte[] value = ProbeMessage.Write(run, number);

        Assert.Equal(number, ProbeMessage.Number(run, value));
        Assert.Equal(run == other ? number : null, ProbeMessage.Number(other, value));
    }

    [Property]
    public void Any_bytes_are_no_message_of_ours(byte[] value) => Assert.Null(ProbeMessage.Number(Guid.NewGuid(), value));

    [Fact]
    public void Record_without_a_value_is_no_message_of_ours() => Assert.Null(ProbeMessage.Number(Guid.NewGuid(), null));
}
