using CdcLab.Model.Options;
using CdcLab.Runtime.Standalone.Fetching;

namespace CdcLab.Tests.Lab.Dashboard;

/// <summary>Whether the tests that look at the dashboard run: they were asked for, and this machine has a browser and the dashboard.</summary>
public static class DashboardHere
{
    /// <summary>Why a test that needs them is skipped.</summary>
    public const string Reason = "Takes minutes, so it runs where CDCLAB_BROWSER_TESTS is 1, as in the gate. Needs a browser (chromium on PATH) and the Aspire dashboard (in the cache, NuGet's sources or npm's registry).";

    private static readonly Lazy<bool> Found = new(() => Environment.GetEnvironmentVariable("CDCLAB_BROWSER_TESTS") == "1" && Browser is not null && Dashboard());

    /// <summary>The browser's program; null where there is none.</summary>
    public static string? Browser { get; } = new[] { "chromium", "chromium-browser", "google-chrome" }.Select(name => ProgramPath.Find(name, Environment.GetEnvironmentVariable)).FirstOrDefault(path => path is not null);

    /// <summary>Whether they were asked for and both are here. A dashboard that is damaged on its way counts as here: the tests run, and fail with the reason.</summary>
    public static bool AreBoth => Found.Value;

    // Fetched into the user's cache once, as the lab itself would.
    private static bool Dashboard()
    {
        LabOptions options = new();
        DashboardSource source = new(options.Dashboard, options.Npm.Registry, PartsCache.OfUser(Environment.GetEnvironmentVariable));
        try
        {
            Task.Run(() => source.FindAsync(new Progress<FetchProgress>(), CancellationToken.None)).GetAwaiter().GetResult();
            return true;
        }
        catch (UnavailableException fault)
        {
            return fault.Message.Contains("SHA-512", StringComparison.Ordinal);
        }
    }
}
