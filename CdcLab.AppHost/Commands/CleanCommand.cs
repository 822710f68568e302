using System.CommandLine;
using CdcLab.AppHost.Output;
using CdcLab.AppHost.Settings;
using CdcLab.Runtime.Standalone.Cleaning;
using CdcLab.Runtime.Standalone.Data;
using CdcLab.Runtime.Standalone.Fetching;

namespace CdcLab.AppHost.Commands;

/// <summary><c>clean</c>: deletes what was fetched, and what killed runs left.</summary>
internal static class CleanCommand
{
    public static Command Make(CommandLineSettings settings)
    {
        Option<bool> dryRun = new("--dry-run") { Description = "Show what would go, and delete nothing." };
        Option<bool> yes = new("--yes") { Description = "Do not ask." };
        Command command = new("clean", "Delete what was fetched (the next start fetches it anew) and what killed runs left. What a running lab uses stays, and so does every lab's data (see reset).") { dryRun, yes };
        command.SetAction((parsed, cancellationToken) => CleanAsync(settings, parsed.GetValue(dryRun), parsed.GetValue(yes), cancellationToken));
        return command;
    }

    private static async Task<int> CleanAsync(CommandLineSettings settings, bool dryRun, bool yes, CancellationToken cancellationToken)
    {
        if (Preparation.Options(settings) is not { } options)
            return ExitCodes.CouldNotRun;
        CacheCleaning cache = new(PartsCache.OfUser(Environment.GetEnvironmentVariable));
        LeftoverCleaning leftovers = new(DataDirectory.Of(options));
        IReadOnlyList<string> processes = leftovers.FindProcesses();
        IReadOnlyList<string> containers = await leftovers.FindContainersAsync(cancellationToken);
        IReadOnlyList<FoundItem> items = [.. await cache.FindAsync(cancellationToken), .. LeftoverCleaning.FindFolders()];
        foreach (string line in processes)
            Terminal.Line($"  ends               left by a killed host: {line}");
        foreach (string line in containers)
            Terminal.Line($"  goes               left by a killed host: {line}");
        FoundItems.Print(items);
        if (processes.Count == 0 && containers.Count == 0 && items.All(i => i.WhyKept is not null))
        {
            Terminal.Line("There is nothing to clean.");
            return ExitCodes.Ok;
        }

        if (dryRun)
        {
            Terminal.Line("Nothing was deleted (--dry-run).");
            return ExitCodes.Ok;
        }

        if (Confirmation.Ask("Delete what goes?", "clean", yes) is not ExitCodes.Ok and var answer)
            return answer;

        // First what killed hosts left running: it may run from the cache.
        await leftovers.RunAsync(new StartProgress(), cancellationToken);
        IReadOnlyList<FoundItem> kept = await cache.RunAsync(cancellationToken);
        foreach (FoundItem late in kept.ExceptBy(items.Where(i => i.WhyKept is not null).Select(i => i.Path), k => k.Path, StringComparer.Ordinal))
            Terminal.Line($"stayed: {late.Path} ({late.WhyKept})");
        Terminal.Line("Cleaned.");
        return ExitCodes.Ok;
    }
}
