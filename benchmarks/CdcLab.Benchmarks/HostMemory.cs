using Microsoft.Playwright;

namespace CdcLab.Benchmarks;

/// <summary>Memory of AppHost, orchestrator (DCP), its monitors and dashboard, with a page open: all that was started but servers and services.</summary>
internal static class HostMemory
{
    private const double Target = 550;
    private const string Browser = "/usr/bin/chromium";
    private const float PageLimit = 60_000;

    public static async Task<IReadOnlyList<Result>> MeasureAsync(Workplace place, LabProcess lab, CancellationToken cancellationToken)
    {
        string link = lab.Lines.Select(l => l.Text).FirstOrDefault(l => l.Contains("/login?t=", StringComparison.Ordinal))?.Split(' ')[^1]
            ?? throw new BenchmarkException("The lab told no link of its dashboard.");
        using IPlaywright playwright = await Playwright.CreateAsync();
        await using IBrowser browser = await playwright.Chromium.LaunchAsync(new() { ExecutablePath = Browser, Args = ["--no-sandbox"] });
        IPage page = await browser.NewPageAsync();
        await page.GotoAsync(link, new() { Timeout = PageLimit });
        // The page has told of the resources: the connection to the dashboard stands.
        await page.GetByText(ResourceNames.OrderSimulator).First.WaitForAsync(new() { Timeout = PageLimit });
        IReadOnlyDictionary<string, int> notCounted = await lab.PidsAsync(cancellationToken);
        Samples sum = new();
        Dictionary<string, long> last = [];
        await Memory.SampleAsync(() =>
        {
            IReadOnlyList<int> all = place.Processes;
            last = all.Except(Proc.Trees(all, notCounted.Values)).GroupBy(Name).ToDictionary(g => g.Key, g => g.Sum(Proc.Pss));
            sum.Add(Memory.MiB(last.Values.Sum()));
        }, cancellationToken);
        place.Say($"AppHost and dashboard: {string.Join(", ", last.Select(p => $"{p.Key} {Memory.MiB(p.Value):0} MiB"))}");
        return [Memory.Row("AppHost, DCP, monitors and dashboard, a page open", sum, Target)];
    }

    // "dcp monitor-process" and "dotnet Aspire.Dashboard.dll" say more than the program alone.
    private static string Name(int pid) => string.Join(' ', Proc.CommandLine(pid).Take(2).Where(w => !w.StartsWith('-')).Select(Path.GetFileName));
}
