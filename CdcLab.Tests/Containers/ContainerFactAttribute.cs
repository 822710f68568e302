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
            if (!(await engine.AskAsync(CancellationToken.None)).Answers)
                return false;
            if (TestImages.Needed.Length > 0)
                await engine.DockerAsync(CancellationToken.None, ["image", "inspect", .. TestImages.Needed]);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }
}

/// <summary>The images of the tests: stand-ins (see Images/README.md), or the specification's own where <c>CDCLAB_REAL_IMAGES</c> is 1.</summary>
internal static class TestImages
{
    private static readonly bool Real = Environment.GetEnvironmentVariable("CDCLAB_REAL_IMAGES") == "1";

    /// <summary>An image with bash, as every broker's is.</summary>
    public static string Kafka { get; } = Real ? new KafkaOptions().Image : "cdclab-test/kafka";

    /// <summary>The images that must be on the machine; the specification's are pulled.</summary>
    public static string[] Needed { get; } = Real ? [] : ["cdclab-test/mysql", "cdclab-test/zookeeper", Kafka, "cdclab-test/kafka-ui"];

    /// <summary>What makes a lab run Debezium too.</summary>
    public static string[] Debezium { get; } = Real ? ["--Lab:Debezium:Start=true"] : ["--Lab:Debezium:Start=true", "--Lab:Debezium:Image=cdclab-test/connect"];

    /// <summary>What makes a lab use them.</summary>
    public static string[] Arguments(string labName) =>
        ["--Lab:Runtime=container", $"--Lab:Name={labName}", .. ((string[])["MySql", "ZooKeeper", "Kafka", "KafkaUi"]).Zip(Needed, (section, image) => $"--Lab:{section}:Image={image}")];
}
