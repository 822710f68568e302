namespace CdcLab.Tests.Model.Options;

/// <summary>What docs/debezium.md says of the configuration is the configuration.</summary>
[Trait("tier", "model")]
public sealed class DebeziumSettingsTests
{
    private const string Begin = "<!-- The settings: written by DebeziumSettingsTests with CDCLAB_WRITE_DOCS=1. -->\n";
    private const string End = "<!-- End of the settings. -->\n";

    [Fact]
    public async Task Document_has_every_setting_with_its_reason()
    {
        string path = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "../../../../docs/debezium.md"));
        string document = await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken);
        int from = document.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length, to = document.IndexOf(End, StringComparison.Ordinal);
        const string Bootstrap = "127.0.0.1:29092,127.0.0.1:29093,127.0.0.1:29094";
        string right = string.Join('\n',
        [
            "| connector | value | why |",
            "|---|---|---|",
            .. DebeziumSettings.Connector(new(), containers: false, Bootstrap).Select(Row),
            "",
            "| worker | value | why |",
            "|---|---|---|",
            .. DebeziumSettings.Worker(new(), Bootstrap).Select(Row),
            "",
        ]);
        if (Environment.GetEnvironmentVariable("CDCLAB_WRITE_DOCS") == "1")
            await File.WriteAllTextAsync(path, document[..from] + right + document[to..], TestContext.Current.CancellationToken);
        else
            Assert.Equal(right, document[from..to]);

        static string Row(ServerSetting s) => $"| `{s.Name}` | `{s.Value}` | {s.Because} |";
    }

    [Fact]
    public void No_password_stands_in_the_configuration() => Assert.Equal(
        "${env:CDCLAB_DEBEZIUM_PASSWORD}", DebeziumSettings.Connector(new(), containers: false, "x").Single(s => s.Name == "database.password").Value);
}
