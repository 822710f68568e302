using System.Diagnostics;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Xunit;

namespace CdcLab.Tests.Lab.Dashboard;

/// <summary>The dashboard's page as a person uses it: reads the table, opens menus, answers questions.</summary>
/// <param name="page">The browser's page.</param>
/// <param name="link">The link that logs in.</param>
internal sealed partial class DashboardPage(IPage page, Uri link)
{
    private const float Step = 15_000;
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    /// <summary>The browser's page.</summary>
    public IPage Page => page;

    /// <summary>Logs in with the link and waits for the table of resources.</summary>
    public async Task OpenAsync()
    {
        await page.GotoAsync(link.ToString());
        await TableAsync(rows => rows.Count > 0, "a table with rows");
    }

    /// <summary>Waits until the rows of the table are as they should be.</summary>
    /// <param name="good">Whether they are: names with states, in their order.</param>
    /// <param name="what">What is waited for.</param>
    public async Task<IReadOnlyList<KeyValuePair<string, string>>> TableAsync(Func<IReadOnlyList<KeyValuePair<string, string>>, bool> good, string what) =>
        (await Deadline.WaitAsync(Limit, RowsAsync, r => good(r.Rows), what)).Seen.Rows;

    /// <summary>Waits for the state of one resource.</summary>
    public Task StateAsync(string name, string state) =>
        TableAsync(rows => rows.Any(r => r.Key == name && r.Value == state), $"{name} to be '{state}'");

    /// <summary>The left margin of a resource's name, in pixels: more than 0 for one that belongs to another.</summary>
    public async Task<string> MarginAsync(string name) =>
        await page.Locator($"{Row(name)} .resources-name-container").EvaluateAsync<string>("e => getComputedStyle(e).marginLeft");

    /// <summary>Opens the details of a resource and waits until they contain a text.</summary>
    /// <returns>All of them.</returns>
    public async Task<string> DetailsAsync(string name, string text) =>
        (await Deadline.WaitAsync(
            Limit,
            async () =>
            {
                await ReloadIfBrokenAsync();
                ILocator details = page.Locator(".property-grid-container, .details-container");
                if (await details.CountAsync() == 0)
                    await ShowRowAsync(name);
                if (await details.CountAsync() == 0)
                    await page.Locator($"{Row(name)} td[col-index='2']").ClickAsync(new() { Timeout = Step });
                return string.Join('\n', await details.AllInnerTextsAsync());
            },
            d => d.Contains(text, StringComparison.Ordinal),
            $"the details of {name} with '{text}'")).Seen;

    /// <summary>Chooses a command of a resource's menu.</summary>
    /// <param name="name">The resource.</param>
    /// <param name="command">The command's name.</param>
    /// <param name="question">Words of the question that it asks first; null where it asks none.</param>
    public async Task CommandAsync(string name, string command, string? question = null)
    {
        ILocator asked = page.Locator(".fluent-messagebox");
        ILocator item = page.Locator("fluent-menu-item:visible").GetByText(command, new() { Exact = true });
        ILocator beside = page.Locator(".fluent-menu-provider .fluent-overlay");
        ILocator more = page.Locator("fluent-menu-item:visible[title='Commands']");
        await Deadline.WaitAsync(
            Limit,
            async () =>
            {
                await ReloadIfBrokenAsync();
                // A menu that was drawn anew while it was open may leave what catches the clicks beside it: a person would click there.
                if (!await item.IsVisibleAsync() && await beside.IsVisibleAsync())
                    await beside.ClickAsync(new() { Timeout = Step, Position = new() { X = 1, Y = 1 } });
                if (!await item.IsVisibleAsync())
                    await ShowRowAsync(name);
                if (!await item.IsVisibleAsync())
                    await page.Locator($"{Row(name)} fluent-button[title='Actions']").ClickAsync(new() { Timeout = Step });
                // Some of a service's commands are in a menu of their own, which opens under the pointer. Until the menu is drawn nobody knows.
                await page.Locator("fluent-menu-item:visible").First.WaitForAsync(new() { Timeout = Step });
                if (!await item.IsVisibleAsync() && await more.CountAsync() > 0)
                    await more.HoverAsync(new() { Timeout = Step });
                await item.ClickAsync(new() { Timeout = Step });
                if (question is null)
                    return true;
                await asked.WaitForAsync(new() { Timeout = Step });
                return (await asked.InnerTextAsync()).Contains(question, StringComparison.Ordinal);
            },
            done => done,
            $"the command {command} of {name}{(question is null ? "" : $" to ask '{question}'")}");
    }

    /// <summary>Chooses a command that asks nothing until its effect is seen: a click on a menu that is drawn anew at that moment goes nowhere.</summary>
    /// <param name="name">The resource.</param>
    /// <param name="command">The command's name.</param>
    /// <param name="happened">Whether its effect is there.</param>
    public Task CommandUntilAsync(string name, string command, Func<Task<bool>> happened) => Deadline.WaitAsync(
        Limit,
        async () =>
        {
            await CommandAsync(name, command);
            long start = Stopwatch.GetTimestamp();
            while (Stopwatch.GetElapsedTime(start).TotalMilliseconds < Step)
            {
                if (await happened())
                    return true;
                await Task.Delay(100, TestContext.Current.CancellationToken);
            }

            await OpenAsync();
            return false;
        },
        done => done,
        $"the effect of {command} of {name}");

    /// <summary>Chooses Start, which asks nothing, until it is seen to start: a click on a menu that is drawn anew at that moment goes nowhere, and leaves the menu open.</summary>
    /// <exception cref="Xunit.Sdk.XunitException">It had started, and only a new page showed it.</exception>
    public async Task StartAsync(string name)
    {
        ILocator started = page.Locator($"{Row(name)} td[col-index='2']").Filter(new() { HasNotTextRegex = Ended() });
        await Deadline.WaitAsync(
            Limit,
            async () =>
            {
                await CommandAsync(name, "Start");
                try
                {
                    await started.WaitForAsync(new() { Timeout = Step });
                    return true;
                }
                catch (TimeoutException)
                {
                    await OpenAsync();
                    Assert.False(await started.IsVisibleAsync(), $"{name} was started, but the open page did not show it.");
                    return false;
                }
            },
            starts => starts,
            $"{name} to start");
    }

    /// <summary>Answers the question that a command asks.</summary>
    public async Task AnswerAsync(string answer)
    {
        await page.Locator($"fluent-dialog fluent-button[title='{answer}']").ClickAsync();
        await page.Locator(".fluent-messagebox").WaitForAsync(new() { State = WaitForSelectorState.Hidden });
    }

    /// <summary>What the windows show that are open.</summary>
    public async Task<string> ShownAsync() => string.Join('\n', await page.Locator("fluent-dialog").AllInnerTextsAsync());

    /// <summary>Opens a page of the dashboard and waits until some of its texts are as they should be.</summary>
    /// <param name="path">The page.</param>
    /// <param name="texts">The elements that hold them.</param>
    /// <param name="good">Whether they are.</param>
    /// <param name="what">What is waited for.</param>
    public async Task TextsAsync(string path, string texts, Func<IReadOnlyList<string>, bool> good, string what)
    {
        await page.GotoAsync(new Uri(link, path).ToString());
        await Deadline.WaitAsync(
            Limit,
            async () =>
            {
                await ReloadIfBrokenAsync();
                return new Texts(await page.Locator(texts).AllTextContentsAsync());
            },
            seen => good(seen.All),
            what);
    }

    /// <summary>Waits for a line in the console log that is open.</summary>
    public Task LogLineAsync(string text) => Deadline.WaitAsync(
        Limit,
        async () =>
        {
            await ReloadIfBrokenAsync();
            return string.Join('\n', (await page.Locator(".log-line-row").AllInnerTextsAsync()).TakeLast(200));
        },
        lines => lines.Contains(text, StringComparison.Ordinal),
        $"'{text}' in the console log");

    private static string Row(string name) => $"tr.resource-row:has(.resource-name-text:text-is(\"{name}\"))";

    private async Task<Seen> RowsAsync()
    {
        await ReloadIfBrokenAsync();
        // One look at one moment: between two questions the table may be drawn anew.
        string[][] rows = await page.EvaluateAsync<string[][]>(
            """
            () => [...document.querySelectorAll('tr.resource-row')].map(r => [
                r.querySelector('.resource-name-text')?.innerText.trim() ?? '', r.querySelector('td[col-index="2"]')?.innerText.trim() ?? ''])
            """);
        bool disconnected = await page.Locator("#components-reconnect-modal:visible").CountAsync() > 0;
        return new(disconnected ? [] : [.. rows.Select(r => KeyValuePair.Create(r[0], r[1]))]);
    }

    // On a machine as busy as this one may be, a component of the dashboard's is drawn before its script has come, and its page gives up: a person would reload it.
    private async Task ReloadIfBrokenAsync()
    {
        if (await page.Locator("#blazor-error-ui:visible").CountAsync() > 0)
            await page.ReloadAsync();
    }

    // Nor does a page come back by itself that was starved for so long that both sides have given each other up.
    private async Task ShowRowAsync(string name)
    {
        try
        {
            await page.Locator(Row(name)).WaitForAsync(new() { Timeout = Step });
        }
        catch (TimeoutException)
        {
            await page.GotoAsync(link.ToString());
            throw;
        }
    }

    [GeneratedRegex("Exited|Finished", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Ended();

    private sealed record Texts(IReadOnlyList<string> All)
    {
        public override string ToString() => string.Join(", ", All);
    }

    private sealed record Seen(IReadOnlyList<KeyValuePair<string, string>> Rows)
    {
        public override string ToString() => Rows.Count == 0 ? "no rows" : string.Join(", ", Rows.Select(r => $"{r.Key}: {r.Value}"));
    }
}
