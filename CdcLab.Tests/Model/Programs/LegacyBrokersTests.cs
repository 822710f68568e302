using CdcLab.AppHost.Programs;

namespace CdcLab.Tests.Model.Programs;

[Trait("tier", "model")]
public sealed class LegacyBrokersTests
{
    [Fact]
    public void A_broker_whose_leader_is_behind_it_goes_on()
    {
        ServerSetting[] settings = [new("unclean.leader.election.enable", "false", "it loses records"), new("min.insync.replicas", "2", "two copies")];
        Assert.Equal([("unclean.leader.election.enable", "true"), ("min.insync.replicas", "2")], LegacyBrokers.Settings(settings).Select(s => (s.Name, s.Value)));
        Assert.Contains(LegacyBrokers.NotPossibleHere(settings), n => n.Id == "kafka.setting.unclean.leader.election.enable" && n.Reason.Contains("runs with true", StringComparison.Ordinal));
    }
}
