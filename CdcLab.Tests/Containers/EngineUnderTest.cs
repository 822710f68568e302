using CdcLab.Runtime.Engine;
using CdcLab.Runtime.Standalone.Fetching;
using Docker.DotNet;
using Docker.DotNet.Models;

namespace CdcLab.Tests.Containers;

/// <summary>The container engine of this machine with the stand-in images, where there is one.</summary>
public static class EngineUnderTest
{
    /// <summary>Why a test that needs it is skipped.</summary>
    public const string Reason = "Needs a container engine with the stand-in images: .ci/engine start FOLDER, then CdcLab.Tests/Containers/Images/build.";

    // An attribute of a test can only be asked, not awaited.
    private static readonly Lazy<(bool Answers, bool HasImages)> Found = new(() => Task.Run(LookAsync).GetAwaiter().GetResult());

    /// <summary>The images in the places of the real ones, as settings.</summary>
    public static IReadOnlyDictionary<string, string> Images { get; } = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["Lab__MySql__Image"] = "cdclab-test/mysql",
        ["Lab__ZooKeeper__Image"] = "cdclab-test/zookeeper",
        ["Lab__Kafka__Image"] = "cdclab-test/kafka",
        ["Lab__KafkaUi__Image"] = "cdclab-test/kafka-ui",
    };

    /// <summary>Whether an engine answers, with or without the stand-in images.</summary>
    public static bool Answers => Found.Value.Answers;

    /// <summary>Whether it is here, with the stand-in images.</summary>
    public static bool IsHere => Found.Value.HasImages;

    /// <summary>What carries the label of a lab's data directory: containers, networks and volumes, by name.</summary>
    /// <param name="dataDirectory">The beginning of its path.</param>
    public static async Task<IReadOnlyList<string>> LeftAsync(string dataDirectory)
    {
        using ContainerEngine engine = ContainerEngine.Find();
        bool Ours(IDictionary<string, string>? labels) => labels?.TryGetValue("cdclab.data-directory", out string? directory) == true && directory.StartsWith(dataDirectory, StringComparison.Ordinal);
        return
        [
            .. (await engine.Client.Containers.ListContainersAsync(new ContainersListParameters { All = true })).Where(c => Ours(c.Labels)).Select(c => "container " + c.Names[0].TrimStart('/')),
            .. (await engine.Client.Networks.ListNetworksAsync(new NetworksListParameters())).Where(n => Ours(n.Labels)).Select(n => "network " + n.Name),
            .. ((await engine.Client.Volumes.ListAsync(CancellationToken.None)).Volumes ?? []).Where(v => Ours(v.Labels)).Select(v => "volume " + v.Name),
        ];
    }

    /// <summary>Every network of the engine, by name.</summary>
    public static async Task<IReadOnlyList<string>> NetworksAsync()
    {
        using ContainerEngine engine = ContainerEngine.Find();
        return [.. (await engine.Client.Networks.ListNetworksAsync(new NetworksListParameters())).Select(n => n.Name).Order(StringComparer.Ordinal)];
    }

    private static async Task<(bool Answers, bool HasImages)> LookAsync()
    {
        bool answers = false;
        try
        {
            using ContainerEngine engine = ContainerEngine.Find();
            await engine.AskAsync(CancellationToken.None);
            answers = true;
            foreach (string image in Images.Values)
                await engine.Client.Images.InspectImageAsync(image);
            return (true, true);
        }
        catch (Exception none) when (none is UnavailableException or DockerImageNotFoundException)
        {
            return (answers, false);
        }
    }
}
