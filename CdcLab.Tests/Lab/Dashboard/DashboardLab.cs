using System.Text.RegularExpressions;
using CdcLab.Tests.Lab.Host;
using Microsoft.Playwright;
using Xunit;

namespace CdcLab.Tests.Lab.Dashboard;

/// <summary>A whole lab with its dashboard, and a browser that looks at it.</summary>
public sealed partial class DashboardLab : IAsyncLifetime
{
    // A browser, a dashboard and a lab share two cores here.
    private const float PageLimit = 60_000;

    private IPlaywright? _playwright;
    private IBrowser? _browser;

    /// <summary>The lab.</summary>
    public LabFixture Lab { get; } = new();

    /// <summary>The dashboard's link, as the lab has printed it.</summary>
    public Uri Link { get; private set; } = null!;

    /// <summary>Opens a page of a browser that nobody has logged in with.</summary>
    /// <returns>The page, empty.</returns>
    public async Task<IPage> NewPageAsync()
    {
        IBrowserContext context = await _browser!.NewContextAsync(new() { ViewportSize = new() { Width = 1500, Height = 900 } });
        context.SetDefaultTimeout(PageLimit);
        return await context.NewPageAsync();
    }

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        // Its tests are skipped: there is nothing to start.
        if (!DashboardHere.AreBoth)
            return;
        Lab.World.Variables["Lab__Dashboard__Enabled"] = "true";
        await Lab.InitializeAsync();
        Link = new((await Deadline.WaitAsync(TimeSpan.FromMinutes(3), () => Task.FromResult(RunningLine().Match(Lab.Output).Groups["link"].Value), link => link.Length > 0, "the dashboard to run")).Seen);
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new() { ExecutablePath = DashboardHere.Browser, Args = ["--no-proxy-server"] });
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_browser is not null)
            await _browser.DisposeAsync();
        _playwright?.Dispose();
        // The dashboard goes with its lab, and nothing of it stays.
        IReadOnlyList<string> left = Link is null ? [] : await Lab.StopAsync();
        await Lab.DisposeAsync();
        Assert.Empty(left);
    }

    [GeneratedRegex(@"dashboard\s+running.*: (?<link>http://\S+/login\?t=\S+)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex RunningLine();
}
