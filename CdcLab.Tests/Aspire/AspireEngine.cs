using CdcLab.Runtime.Engine;
using CdcLab.Runtime.Standalone.Fetching;
using CdcLab.Tests.Containers;

namespace CdcLab.Tests.Aspire;

/// <summary>The container engine that a whole Aspire application needs, where one answers: with the stand-in images if they are there, else with the specification's.</summary>
public static class AspireEngine
{
    /// <summary>Why a test that needs it is skipped.</summary>
    public const string Reason = "Needs a container engine that answers, and Aspire's orchestrator.";

    private static readonly Lazy<bool> Here = new(() => Task.Run(AnswersAsync).GetAwaiter().GetResult());

    /// <summary>Whether it is here.</summary>
    public static bool IsHere => Here.Value;

    /// <summary>The settings that name the images; none for the specification's.</summary>
    public static IReadOnlyDictionary<string, string> Images => EngineUnderTest.IsHere ? EngineUnderTest.Images : new Dictionary<string, string>(StringComparer.Ordinal);

    private static async Task<bool> AnswersAsync()
    {
        try
        {
            using ContainerEngine engine = ContainerEngine.Find();
            await engine.AskAsync(CancellationToken.None);
            return true;
        }
        catch (UnavailableException)
        {
            return false;
        }
    }
}
