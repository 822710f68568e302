using CdcLab.AppHost.Containers;

namespace CdcLab.Tests.Containers;

/// <summary>A fact that needs a container engine with the stand-in images; skipped with the reason where there is none.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ContainerFactAttribute : FactAttribute
{
    // xunit reads a property, which cannot be awaited.
    private static readonly Lazy<bool> Found = new(() => Task.Run(LookAsync).GetAwaiter().GetResult());

    public ContainerFactAttribute([System.Runtime.CompilerServices.CallerFilePath] string? sourceFilePath = null, [System.Runtime.CompilerServices.CallerLineNumber] int sourceLineNumber = -1)
        : base(sourceFilePath, sourceLineNumber)
    {
        Skip = "Needs a container engine with the stand-in images: .ci/engine start FOLDER, then CdcLab.Tests/Containers/Images/build.";
        SkipType = typeof(ContainerFactAttribute);
        SkipUnless = nameof(IsHere);
    }

    public static bool IsHere => Found.Value;

    private static async Task<bool> LookAsync()
    {
        ContainerEngine engine = new();
        try
        {
            return (await engine.AskAsync(CancellationToken.None)).Answers && (await engine.DockerAsync(CancellationToken.None, ["image", "inspect", .. StandIns.Images])).Length > 0;
        }
        catch (IOException)
        {
            return false;
        }
    }
}

/// <summary>The images that take the places of the specification's; see Images/README.md.</summary>
internal static class StandIns
{
    public static string[] Images { get; } = ["cdclab-test/mysql", "cdclab-test/zookeeper", "cdclab-test/kafka", "cdclab-test/kafka-ui"];

    /// <summary>What makes a lab use them.</summary>
    public static string[] Arguments(string labName) =>
        ["--Lab:Runtime=container", $"--Lab:Name={labName}", .. ((string[])["MySql", "ZooKeeper", "Kafka", "KafkaUi"]).Zip(Images, (section, image) => $"--Lab:{section}:Image={image}")];
}
