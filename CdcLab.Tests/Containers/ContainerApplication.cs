using System.Text.Json;
using CdcLab.AppHost.Containers;
using CdcLab.Tests.Lab;

namespace CdcLab.Tests.Containers;

/// <summary>The real AppHost with servers as containers, started once for all tests of the collection.</summary>
public sealed class ContainerApplication() : LabApplication(27_000, TestImages.Arguments(LabName))
{
    public const string LabName = "test";

    internal ContainerEngine Engine { get; } = new();

    /// <summary>The name of a resource's container.</summary>
    public static string Container(string resource) => $"cdclab-{LabName}-{resource}";

    /// <summary>What the engine says of a container.</summary>
    public async Task<JsonElement> InspectAsync(string resource)
    {
        using JsonDocument document = JsonDocument.Parse(await Engine.DockerAsync(TestContext.Current.CancellationToken, "inspect", Container(resource)));
        return document.RootElement[0].Clone();
    }

    public override async ValueTask InitializeAsync()
    {
        if (ContainerFactAttribute.IsHere)
            await base.InitializeAsync();
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        if (ContainerFactAttribute.IsHere)
            await new LabContainers(Engine, LabName).RemoveVolumesAsync(CancellationToken.None);
    }
}

/// <summary>The tests that share one lab of containers.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class ContainerCollectionDefinition : ICollectionFixture<ContainerApplication>
{
    public const string Name = "containers";
}
