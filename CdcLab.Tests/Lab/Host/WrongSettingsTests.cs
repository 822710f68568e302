using Xunit;

namespace CdcLab.Tests.Lab.Host;

/// <summary>What a user sees who sets something impossible: exit code 2, one line for each, nothing started.</summary>
[Trait("tier", "lab")]
[Collection(WholeLabsCollection.Name)]
public sealed class WrongSettingsTests
{
    [Fact]
    public async Task All_wrong_values_of_all_sources_are_told_at_once_and_nothing_starts()
    {
        using LabWorld world = new();
        world.Variables["Lab__Kafka__Heap"] = "2g";
        await File.WriteAllTextAsync(Path.Combine(world.Folder, "appsettings.json"), """{ "Lab": { "Kafka": { "Partitons": 3 }, "MySql": { "MaxConnections": 0 } } }""", TestContext.Current.CancellationToken);

        (int code, string output) = await AppHostProcess.RunAsync(world, TimeSpan.FromSeconds(30), "--Lab:Kafka:ReplicationFactor=4", "--Lab:Verifier:Interval=soon");

        string[] lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(2, code);
        Assert.All(lines, l => Assert.StartsWith("error: Lab:", l, StringComparison.Ordinal));
        Assert.Contains(lines, l => l.Contains("Lab:Kafka:Heap = 2g", StringComparison.Ordinal));
        Assert.Contains(lines, l => l.Contains("Lab:Kafka:Partitons", StringComparison.Ordinal) && l.Contains("Lab:Kafka:Partitions", StringComparison.Ordinal));
        Assert.Contains(lines, l => l.Contains("Lab:MySql:MaxConnections = 0", StringComparison.Ordinal));
        Assert.Contains(lines, l => l.Contains("Lab:Kafka:ReplicationFactor = 4", StringComparison.Ordinal));
        Assert.Contains(lines, l => l.Contains("Lab:Verifier:Interval = soon", StringComparison.Ordinal));
        Assert.False(Directory.Exists(world.DataDirectory));
    }

    [Theory]
    [InlineData("--Kafka:Brokers=5", "--Lab:Kafka:Brokers=VALUE")]
    [InlineData("--Lab:Kafka:Brokers", "has no value")]
    [InlineData("-Lab:Kafka:Brokers=5", "--Lab:Kafka:Brokers=VALUE")]
    [InlineData("Lab:Kafka:Brokrs=5", "--Lab:Kafka:Brokers=VALUE")]
    [InlineData("verfy", "verfy")]
    public async Task Wrong_argument_is_one_line_and_exit_code_2(string argument, string said)
    {
        using LabWorld world = new();

        (int code, string output) = await AppHostProcess.RunAsync(world, TimeSpan.FromSeconds(30), argument);

        Assert.Equal(2, code);
        Assert.Contains(said, Assert.Single(output.TrimEnd().Split('\n')), StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Command_on_no_lab_says_how_to_start_one()
    {
        using LabWorld world = new();

        (int code, string output) = await AppHostProcess.RunAsync(world, TimeSpan.FromSeconds(30), "stop", "kafka-1");

        Assert.Equal(2, code);
        Assert.Contains("No lab runs in", output, StringComparison.Ordinal);
    }
}
