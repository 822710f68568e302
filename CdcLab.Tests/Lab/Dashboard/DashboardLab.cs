using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.RegularExpressions;
using CdcLab.AppHost.Processes;
using CdcLab.Clients.Verifier;
using Microsoft.Playwright;

namespace CdcLab.Tests.Lab.Dashboard;

/// <summary>The built AppHost with its dashboard, started once, and the machine's own chromium that looks at it.</summary>
public sealed partial class DashboardLab : IAsyncLifetime
{
    private const int PortBase = 26_200;

    // A browser, a dashboard and a lab may share two cores.
    private const float PageLimit = 60_000;

    private readonly VerifierClient _verifier = new(new Uri($"http://127.0.0.1:{PortBase + 3}"), token: null);
    private AppHostProcess? _host;
    private IPlaywright? _playwright;
    private IBrowser? _browser;

    /// <summary>The address of MySQL, as a person would type it.</summary>
    public static string MySqlAddress => $"127.0.0.1:{PortBase}";

    /// <summary>The lab's data directory.</summary>
    public string Folder { get; } = Path.Combine(Path.GetTempPath(), $"cdclab-browser-{Guid.NewGuid():N}");

    /// <summary>The dashboard's link with its login, as the AppHost has printed it.</summary>
    public Uri Link { get; private set; } = null!;

    /// <summary>The lab's passwords and tokens.</summary>
    public async Task<IEnumerable<string>> SecretsAsync() =>
        JsonSerializer.Deserialize<Dictionary<string, string>>(
            await File.ReadAllTextAsync(Path.Combine(Folder, "secrets.json"), TestContext.Current.CancellationToken))!.Values;

    /// <summary>Lets a person look at the whole lab in a browser; what fails is told with a picture of the page.</summary>
    /// <param name="look">What the person does and expects.</param>
    /// <param name="test">The test's name, for the picture.</param>
    public async Task LookAsync(Func<DashboardPage, Task> look, [CallerMemberName] string test = "")
    {
        // High enough for every row of the table below all notifications: rows out of sight are not drawn.
        await using IBrowserContext context = await _browser!.NewContextAsync(new() { ViewportSize = new() { Width = 1400, Height = 2000 } });
        context.SetDefaultTimeout(PageLimit);
        IPage page = await context.NewPageAsync();
        try
        {
            DashboardPage dashboard = new(page, Link);
            await dashboard.OpenAsync();
            await dashboard.WholeAsync();
            await look(dashboard);
        }
        catch (Exception failed) when (!failed.Message.StartsWith(Xunit.v3.DynamicSkipToken.Value, StringComparison.Ordinal))
        {
            string picture = Path.Combine(Path.GetTempPath(), $"cdclab-browser-{test}.png");
            string seen = await PictureAsync(page, picture);
            throw new Xunit.Sdk.XunitException($"{failed.Message}\n{seen}\nThe AppHost's last lines:\n{string.Join('\n', _host!.Lines.TakeLast(10))}", failed);
        }
    }

    /// <summary>The process id of a server, as the AppHost has told the verifier.</summary>
    public async Task<int> PidAsync(string resource) =>
        (await _verifier.ReportAsync(TestContext.Current.CancellationToken)).Figures!.Resources.Single(r => r.Name == resource).Pid!.Value;

    public async Task<bool> IsLegacyAsync() => (await _verifier.ReportAsync(TestContext.Current.CancellationToken)).Figures!.LegacyKafka == true;

    public async ValueTask InitializeAsync()
    {
        if (!DashboardHere.IsAsked)
            return;
        _playwright = await Playwright.CreateAsync();
        // As root, chromium has no sandbox.
        _browser = await _playwright.Chromium.LaunchAsync(new() { ExecutablePath = DashboardHere.Browser, Args = ["--no-sandbox", "--no-proxy-server"] });
        _host = AppHostProcess.Start(PortBase, Folder, "--Lab:Dashboard:Enabled=true");
        await _host.IsUpAsync();
        Link = new(_host.Lines.Select(line => LinkLine().Match(line)).Last(m => m.Success).Groups["link"].Value);
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null)
            await _browser.DisposeAsync();
        _playwright?.Dispose();
        _verifier.Dispose();
        if (_host is not null)
        {
            if (ProcessSignals.TrySend(_host.Process.Id, Signal.Terminate))
                await _host.EndedAsync();
            await _host.DisposeAsync();
        }

        if (Directory.Exists(Folder))
            Directory.Delete(Folder, recursive: true);
    }

    private static async Task<string> PictureAsync(IPage page, string picture)
    {
        try
        {
            await page.ScreenshotAsync(new() { Path = picture });
            return $"A picture of the page: {picture}";
        }
        catch (Exception failed) when (failed is PlaywrightException or TimeoutException)
        {
            return $"There is no picture of the page: {failed.Message}";
        }
    }

    // The link stands in the addresses at the end of the start.
    [GeneratedRegex(@"^\s+Dashboard\s+(?<link>http://\S+/login\?t=\S+)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex LinkLine();
}

/// <summary>Whether the tests that look at the dashboard run.</summary>
public static class DashboardHere
{
    public const string Reason = "Takes minutes, so it runs only where CDCLAB_BROWSER_TESTS is 1, as in the gate; and it needs chromium on PATH.";

    /// <summary>The browser's program; null where there is none.</summary>
    public static string? Browser { get; } = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
        .SelectMany(folder => new[] { "chromium", "chromium-browser", "google-chrome" }.Select(name => Path.Combine(folder, name)))
        .FirstOrDefault(File.Exists);

    /// <summary>They were asked for, and there is a browser.</summary>
    public static bool IsAsked { get; } = Environment.GetEnvironmentVariable("CDCLAB_BROWSER_TESTS") == "1" && Browser is not null;
}

/// <summary>The tests that share the lab with a dashboard.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class DashboardCollectionDefinition : ICollectionFixture<DashboardLab>
{
    public const string Name = "dashboard";
}
