using CdcLab.AppHost.Programs;
using CdcLab.Tests.Model.Programs;

namespace CdcLab.Tests.Lab.Programs;

/// <summary>Real fetches by the machine's own apt and npm configuration into an empty cache.</summary>
[Trait("tier", "lab")]
public sealed class RealFetchTests : IDisposable
{
    private readonly TestFolder _folder = new();

    [Fact]
    public async Task MySql_legacy_Kafka_and_Java_are_there_and_a_second_start_fetches_nothing()
    {
        var token = TestContext.Current.CancellationToken;
        Reports reports = new();
        var store = Store();
        var mySql = store.MySqlAsync(reports, token);
        var kafka = store.KafkaAsync(reports, token);
        var java = await store.JavaAsync(reports, token);
        Assert.InRange(java.Major, 11, 21);
        Assert.True((await kafka).IsLegacy);
        Assert.True(Directory.Exists(Path.Combine((await kafka).Home, "libs")));
        var server = await mySql;
        var said = await Tool.RunAsync([server.Program, .. server.LeadingArguments], ["--no-defaults", "--version"], null, null, token);
        Assert.Contains(server.Version.ToString(), string.Join(' ', said.Output), StringComparison.Ordinal);
        Assert.All(reports.All, report => Assert.True(report.TotalBytes is null or > 0 && report.Percent is null or <= 100, report.ToString()));
        foreach (var part in reports.All.Where(report => report is { Step: "downloading", TotalBytes: not null }).GroupBy(report => report.Part))
            Assert.Equal(part.Select(report => report.Percent).Order(), part.Select(report => report.Percent));

        Reports second = new();
        Assert.Equal(server.Program, (await Store().MySqlAsync(second, token)).Program);
        Assert.Equal(await kafka, await Store().KafkaAsync(second, token));
        Assert.Empty(second.All);
    }

    public void Dispose() => _folder.Dispose();

    private ProgramStore Store() => new(
        new ProgramOptions(KafkaSourceKind.Npm, new Uri(KafkaArchive.DefaultUrl), null),
        name => name is "MYSQL_HOME" or "KAFKA_HOME" ? null : Environment.GetEnvironmentVariable(name),
        new ProgramCache(_folder.Below("cache")));
}
