using CdcLab.Verifier.Checks;

namespace CdcLab.Tests.Model.Verifier;

/// <summary>What a server's variables were when it was first looked at, over restarts of the verifier.</summary>
[Trait("tier", "model")]
public sealed class VariablesBaselineTests : IDisposable
{
    private static readonly DateTimeOffset Started = new(2026, 11, 30, 3, 0, 0, TimeSpan.Zero);
    private readonly string _folder = Directory.CreateTempSubdirectory("cdclab-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void What_was_changed_while_nobody_looked_is_no_beginning()
    {
        Assert.Equal("1", Look(Started, "1"));
        Assert.Equal("1", Look(Started.AddSeconds(1), "2"));
    }

    [Fact]
    public void Another_start_of_the_server_is_another_beginning()
    {
        Look(Started, "1");
        Assert.Equal("2", Look(Started.AddMinutes(1), "2"));
        Assert.Equal("2", Look(Started.AddMinutes(1), "3"));
    }

    [Fact]
    public void A_damaged_file_is_as_none()
    {
        Look(Started, "1");
        File.WriteAllText(Path.Combine(_folder, "verifier", "mysql-variables.json"), "{");
        Assert.Equal("2", Look(Started, "2"));
    }

    // Each time another verifier.
    private string Look(DateTimeOffset started, string value) => new VariablesBaseline(_folder).Of(started, new Dictionary<string, string> { ["max_connections"] = value }).Values["MAX_CONNECTIONS"];
}
