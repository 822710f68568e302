using CdcLab.Verifier;
using CdcLab.Verifier.Checks;
using CdcLab.Verifier.Probes;
using CdcLab.Verifier.Sources;
using CdcLab.Verifier.Telemetry;
using Microsoft.Extensions.DependencyInjection;

namespace CdcLab.Tests.Model.Verifier;

/// <summary>What docs/verification.md says of the checks is what the checks say of themselves.</summary>
[Trait("tier", "model")]
public sealed class CatalogueTests
{
    private const string Begin = "<!-- The catalogue: written by CatalogueTests with CDCLAB_WRITE_DOCS=1, from the checks. -->\n";
    private const string End = "<!-- End of the catalogue. -->\n";

    [Fact]
    public async Task Document_has_every_check_as_it_is()
    {
        string path = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "../../../../docs/verification.md"));
        string document = await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken);
        int from = document.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length, to = document.IndexOf(End, StringComparison.Ordinal);
        Assert.True(from >= Begin.Length && to > from, $"{path} has no place for the catalogue.");
        string right = Catalogue.Markdown(All());
        if (Environment.GetEnvironmentVariable("CDCLAB_WRITE_DOCS") == "1")
            await File.WriteAllTextAsync(path, document[..from] + right + document[to..], TestContext.Current.CancellationToken);
        else
            Assert.Equal(right, document[from..to]);
    }

    [Fact]
    public void Every_check_says_how_it_looks_what_heals_and_where_the_rule_comes_from() => Assert.All(All().SelectMany(c => c.Promises), p =>
    {
        Assert.False(string.IsNullOrWhiteSpace(p.How), $"{p.Id}: how it looks");
        Assert.False(string.IsNullOrWhiteSpace(p.Remedy), $"{p.Id}: what heals it");
        Assert.False(string.IsNullOrWhiteSpace(p.Source), $"{p.Id}: source");
    });

    [Fact]
    public void Checks_follow_from_checks_that_there_are_and_never_in_a_circle()
    {
        Dictionary<string, Promise> promises = All().SelectMany(c => c.Promises).ToDictionary(p => p.Id);
        Assert.All(promises.Values, p => Assert.All(p.Follows, id => Assert.Contains(id, promises.Keys)));
        Assert.All(promises.Keys, id => Assert.DoesNotContain(id, Beyond(id, [])));

        IEnumerable<string> Beyond(string id, HashSet<string> seen) => promises[id].Follows.SelectMany(f => seen.Add(f) ? Beyond(f, seen).Prepend(f) : [f]);
    }

    private static IReadOnlyList<ICheck> All()
    {
        ServiceCollection services = new();
        services.AddSingleton(new VerifiedLab(new(), Containers: true, "localhost:9092")).AddSingleton(new MySqlAccess("Server=127.0.0.1;Port=3306;User ID=debezium;Password=none"))
            .AddSingleton(new CdcLab.Clients.Market.MarketClient(new Uri("http://127.0.0.1:1"), token: null)).AddSingleton(TimeProvider.System).AddLogging().AddMetrics()
            .AddSingleton<FiguresStore>().AddSingleton<KafkaAccess>().AddSingleton<ClusterSource>().AddSingleton<SimulatorCheck>().AddSingleton<VerifierFigures>()
            .AddSingleton(p => new ProbeTraces(p.GetRequiredService<VerifiedLab>(), () => null)).AddSingleton<LatencyProbe>().AddSingleton<AllChecks>()
            .AddSingleton(new CdcLab.Clients.Connect.ConnectClient(new Uri("http://127.0.0.1:1"), "orders-cdc")).AddSingleton<CdcLab.Verifier.Cdc.ChangeFollower>()
            .AddSingleton(p => new MarketDataCheck(p.GetRequiredService<MySqlAccess>(), p.GetRequiredService<CdcLab.Clients.Market.MarketClient>(), "", TimeProvider.System));
        using ServiceProvider provider = services.BuildServiceProvider();
        return provider.GetRequiredService<AllChecks>().InOrder;
    }
}
