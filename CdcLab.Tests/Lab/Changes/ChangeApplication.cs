using CdcLab.AppHost.Programs;

namespace CdcLab.Tests.Lab.Changes;

/// <summary>A lab of its own with the real Debezium, where <c>DEBEZIUM_HOME</c> has it.</summary>
public sealed class ChangeApplication() : LabApplication(26_300, "--Lab:Runtime=process", "--Lab:Debezium:Start=true", "--Lab:Simulator:OrdersPerSecond=50")
{
    private static readonly string? WhyNot = DebeziumProgram.Fault(Environment.GetEnvironmentVariable);

    public override async ValueTask InitializeAsync()
    {
        if (WhyNot is null)
            await base.InitializeAsync();
    }

    /// <summary>Skips a test where the real Debezium cannot run.</summary>
    public void Require()
    {
        Assert.SkipWhen(WhyNot is not null, $"Needs Kafka 3.5: and Debezium beside it. {WhyNot}");
        Assert.SkipWhen(IsLegacy, "Needs Kafka 3.5: Kafka Connect does not talk to the legacy Kafka.");
    }
}

/// <summary>The tests that share one lab with Debezium.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class ChangeCollectionDefinition : ICollectionFixture<ChangeApplication>
{
    public const string Name = "changes";
}
