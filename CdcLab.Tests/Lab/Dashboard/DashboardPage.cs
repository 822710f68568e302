using System.Text.RegularExpressions;
using Microsoft.Playwright;

namespace CdcLab.Tests.Lab.Dashboard;

/// <summary>The dashboard as a person uses it: reads the table, opens details and menus, answers questions.</summary>
public sealed partial class DashboardPage(IPage page, Uri link)
{
    // One attempt; what does not come within it is tried anew until the limit.
    private const float Attempt = 10_000;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    /// <summary>Logs in with the link and waits for the table of resources.</summary>
    public async Task OpenAsync()
    {
        await page.GotoAsync(link.ToString());
        await TableAsync(rows => rows.Count > 0, "a table with rows");
    }

    /// <summary>Waits until every resource runs and is healthy; the dashboard shows one that is not with its health behind the state. What nobody has started need not run.</summary>
    public Task<IReadOnlyDictionary<string, string>> WholeAsync() => TableAsync(
        rows => rows.Count > 0 && rows.All(r => r.Value == "Running" || (r.Key is "connect" or "orders-cdc" && r.Value == "Not started")), "every resource to be Running and healthy");

    /// <summary>Starts Debezium where nobody has, and waits until it runs.</summary>
    public async Task StartDebeziumAsync()
    {
        if ((await WholeAsync())["connect"] != "Running")
            await ChooseAsync("connect", "Start", Starting("connect"));
        await TableAsync(rows => rows.Count > 0 && rows.All(r => r.Value == "Running"), "every resource to be Running and healthy, Debezium too");
    }

    /// <summary>Waits for the state of one resource, as the table shows it.</summary>
    public Task StateAsync(string name, Func<string, bool> good, string what) =>
        TableAsync(rows => rows.TryGetValue(name, out string? state) && good(state), $"{name} to be {what}");

    /// <summary>The left margin of a resource's name: more than 0 for one that is shown below another.</summary>
    public Task<string> MarginAsync(string name) =>
        page.Locator($"{Row(name)} .resources-name-container").EvaluateAsync<string>("e => getComputedStyle(e).marginLeft");

    /// <summary>Opens the details of a resource and waits until one of their lines is as it should be.</summary>
    public Task DetailAsync(string resource, string name, Func<string, bool> good, string what) => SeeAsync(
        async () =>
        {
            ILocator details = page.Locator(".details-container").Filter(new() { HasText = $": {resource}" });
            if (!await details.IsVisibleAsync())
                await page.Locator($"{Row(resource)} td[col-index='2']").ClickAsync(new() { Timeout = Attempt });
            IReadOnlyList<string> cells = await details.Locator($"tr:has(td[col-index='1'] [title='{name}']) td").AllInnerTextsAsync();
            return cells.Count == 0 ? "no such line" : string.Join(" | ", cells.Select(c => c.ReplaceLineEndings(" ")));
        },
        good,
        $"the line '{name}' of the details of {resource} to {what}");

    /// <summary>Waits for a notification with a headline.</summary>
    public Task NotificationAsync(string headline, string text) => SeeAsync(
        async () => string.Join('\n', (await page.Locator(".dashboard-message-bar").AllInnerTextsAsync()).Select(t => t.ReplaceLineEndings(" "))),
        all => all.Split('\n').Any(t => t.TrimStart().StartsWith(headline, StringComparison.Ordinal) && t.Contains(text, StringComparison.Ordinal)),
        $"a notification '{headline}' with '{text}'");

    /// <summary>Chooses a command in a resource's menu until its effect is seen: a click on a menu that is drawn anew at that moment goes nowhere.</summary>
    /// <param name="resource">The resource.</param>
    /// <param name="command">The command's name.</param>
    /// <param name="effect">What then comes into sight.</param>
    public async Task ChooseAsync(string resource, string command, ILocator effect)
    {
        ILocator item = page.Locator("fluent-menu-item:visible").GetByText(command, new() { Exact = true });
        // The one of another resource may be open still: a click below the table closes it.
        if (await page.Locator("fluent-menu-item:visible").CountAsync() > 0)
            await page.Mouse.ClickAsync(700, 1500);
        await SeeAsync(
            async () =>
            {
                if (await effect.IsVisibleAsync())
                    return "";
                // More than five commands are in a menu of their own.
                ILocator more = page.Locator("fluent-menu-item:visible").Filter(new() { HasTextRegex = Commands() }).First;
                if (!await item.IsVisibleAsync() && !await more.IsVisibleAsync())
                    await page.Locator($"{Row(resource)} fluent-button[title='Actions']").ClickAsync(new() { Timeout = Attempt });
                await item.Or(more).First.WaitForAsync(new() { Timeout = Attempt });
                if (!await item.IsVisibleAsync())
                    await more.ClickAsync(new() { Timeout = Attempt });
                await item.ClickAsync(new() { Timeout = Attempt });
                await effect.WaitForAsync(new() { Timeout = Attempt });
                return "";
            },
            _ => true,
            $"the effect of '{command}' of {resource}");
    }

    /// <summary>A window of the dashboard with a text; the element around its body has no size, so it never counts as visible.</summary>
    public ILocator Window(string text) => page.Locator("fluent-dialog-body").Filter(new() { HasText = text });

    /// <summary>A row of the table whose resource runs, or is about to.</summary>
    public ILocator Starting(string resource) => page.Locator(string.Join(
        ", ",
        new[] { "Running", "Starting", "Waiting", "Unknown" }.Select(state => $"{Row(resource)} td[col-index='2'][title^='{state}']")));

    /// <summary>Answers the question that a command asks.</summary>
    public async Task AnswerAsync(string question, string answer)
    {
        ILocator window = Window(question);
        await window.Locator("fluent-button").GetByText(answer, new() { Exact = true }).ClickAsync();
        await window.WaitForAsync(new() { State = WaitForSelectorState.Hidden });
    }

    // Its own text comes first, then that of what is in it.
    [GeneratedRegex(@"^\s*Commands\b", RegexOptions.None, 1000)]
    private static partial Regex Commands();

    private static string Row(string name) => $"tr.resource-row:has(.resource-name-text:text-is(\"{name}\"))";

    private async Task<IReadOnlyDictionary<string, string>> TableAsync(Func<IReadOnlyDictionary<string, string>, bool> good, string what)
    {
        IReadOnlyDictionary<string, string> rows = new Dictionary<string, string>();
        await SeeAsync(
            async () =>
            {
                // One look at one moment: between two questions the table may be drawn anew.
                string[][] cells = await page.EvaluateAsync<string[][]>(
                    """
                    () => [...document.querySelectorAll('tr.resource-row')].map(r => [
                        r.querySelector('.resource-name-text')?.innerText.trim() ?? '', r.querySelector('td[col-index="2"]')?.innerText.trim() ?? ''])
                    """);
                rows = cells.ToDictionary(c => c[0], c => c[1], StringComparer.Ordinal);
                return string.Join(", ", rows.Select(r => $"{r.Key}: {r.Value}"));
            },
            _ => good(rows),
            what);
        return rows;
    }

    // On a busy machine a component of the dashboard may be drawn before its script has come, and its page gives up: a person would reload it.
    private async Task<string> SeeAsync(Func<Task<string>> look, Func<string, bool> good, string what) =>
        (await Deadline.WaitAsync(
            Limit,
            async () =>
            {
                if (await page.Locator("#blazor-error-ui:visible").CountAsync() > 0)
                    await page.ReloadAsync();
                return await look();
            },
            good,
            what)).Seen;
}
