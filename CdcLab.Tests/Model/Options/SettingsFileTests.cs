using CdcLab.AppHost.Settings;
using CdcLab.Model.Options;
using CdcLab.Tests.Model.Fetching;
using Xunit;

namespace CdcLab.Tests.Model.Options;

/// <summary>appsettings.json: what it says counts, and what it says in vain is told.</summary>
[Trait("tier", "model")]
public sealed class SettingsFileTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Null_is_no_value_of_a_setting_and_no_excuse_for_a_wrong_key()
    {
        (Dictionary<string, string?> values, IReadOnlyList<SettingFault> faults) = Read("""{ "Lab": { "Kafka": { "Brokers": null, "Partitons": null, "Heap": "600m" } } }""");

        Assert.Equal("600m", values["Lab:Kafka:Heap"]);
        SettingFault[] sorted = [.. faults.OrderBy(f => f.Setting, StringComparer.Ordinal)];
        Assert.Equal(["Lab:Kafka:Brokers", "Lab:Kafka:Partitons"], sorted.Select(f => f.Setting));
        Assert.Contains("has no value", sorted[0].Problem, StringComparison.Ordinal);
        Assert.Contains("Lab:Kafka:Partitions", sorted[1].WouldDo, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{ "Lab": { } }""")]
    [InlineData("""{ "Lab": { "Kafka": { } } }""")]
    [InlineData("""{ "Logging": null }""")]
    [InlineData("""{ }""")]
    public void Sections_that_hold_nothing_and_other_programs_settings_are_no_faults(string json)
    {
        (Dictionary<string, string?> values, IReadOnlyList<SettingFault> faults) = Read(json);

        Assert.Empty(values);
        Assert.Empty(faults);
    }

    private (Dictionary<string, string?> Values, IReadOnlyList<SettingFault> Faults) Read(string json)
    {
        Dictionary<string, string?> values = new(StringComparer.OrdinalIgnoreCase);
        return (values, SettingsSources.AddFile(values, _folder.Write("appsettings.json", json)));
    }
}
