using CdcLab.Tests.Containers;
using Xunit;

namespace CdcLab.Tests.Aspire;

/// <summary>The beginning and the end of the application.</summary>
[Collection("one Aspire lab at a time")]
[Trait("tier", "aspire")]
public sealed class LifeTests
{
    [AspireFact]
    public async Task Stopped_it_leaves_its_data_and_nothing_else()
    {
        IReadOnlyList<string> networks = await EngineUnderTest.NetworksAsync();
        await using RunningAspireLab lab = new();
        await lab.InitializeAsync();
        IReadOnlyList<string> whileItRuns = await lab.LeftAsync();
        // The client that asks the brokers on INTERNAL comes and goes.
        Assert.Equal(6, whileItRuns.Count(part => part.StartsWith("container ", StringComparison.Ordinal) && !part.Contains("kafka-client", StringComparison.Ordinal)));
        await lab.StopAsync();
        IReadOnlyList<string> left = await lab.LeftAsync();
        Assert.NotEmpty(left);
        Assert.All(left, part => Assert.StartsWith("volume ", part, StringComparison.Ordinal));
        Assert.Equal(networks, await EngineUnderTest.NetworksAsync());
    }
}
