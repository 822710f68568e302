using CdcLab.Tests.Model.Programs;
using CdcLab.Verifier;
using CdcLab.Verifier.Checks;

namespace CdcLab.Tests.Model.Verifier;

/// <summary>A Kafka UI that heeds no login: the real one, and its stand-in, do.</summary>
[Trait("tier", "model")]
public sealed class KafkaUiCheckTests
{
    [Theory]
    [InlineData(200, Outcome.Failed)]
    [InlineData(302, Outcome.Ok)]
    [InlineData(401, Outcome.Ok)]
    public async Task Page_that_shows_its_clusters_to_anybody_fails(int status, Outcome outcome)
    {
        await using RawHttpServer page = new((request, stream, stop) => RawHttpServer.SendAsync(stream, request.Path == "/api/clusters" ? status : 200, [], stop));
        KafkaUiCheck check = new(new VerifiedLab(new LabOptions { PortBase = page.Address.Port - 2 }, Containers: true, "localhost:9092"));

        IReadOnlyList<Verdict> verdicts = await check.LookAsync(TestContext.Current.CancellationToken);

        Assert.Equal([("kafka-ui.answers", Outcome.Ok), ("kafka-ui.login", outcome)], verdicts.Select(v => (v.Id, v.Outcome)));
        Assert.Equal(outcome == Outcome.Failed, verdicts[1].Fix?.Contains("AUTH_TYPE=LOGIN_FORM", StringComparison.Ordinal) == true);
    }
}
