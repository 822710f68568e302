using System.Globalization;
using CdcLab.Model.Live;
using CdcLab.Model.Options;
using Spectre.Console;

namespace CdcLab.AppHost.Output;

/// <summary>The table of servers and services: state, ports, memory against the cap.</summary>
internal static class ResourceTable
{
    private const int WideEnough = 125;
    private const string PidColumn = "pid";
    private const string ContainerColumn = "container or pid";
    private static readonly HashSet<string> RightAligned = new(["used", "cached", "peak", "cap", "used/cap"], StringComparer.Ordinal);

    public static void Print(IReadOnlyList<ResourceState> resources, LabAbilities? abilities, DashboardRow? dashboard = null)
    {
        string process = resources.Any(r => r.ContainerId is not null) ? ContainerColumn : PidColumn;
        // What a narrow terminal has no room for is in status --json and in the report.
        string[] columns = Width() < WideEnough ? ["resource", "state", process, "used", "cap", "used/cap"] : ["resource", "state", process, "ports", "used", "cached", "peak", "cap", "used/cap"];
        Table table = new() { Border = TableBorder.Rounded };
        foreach (string column in columns)
            table.AddColumn(RightAligned.Contains(column) ? new TableColumn(column).RightAligned().NoWrap() : new TableColumn(column).NoWrap());
        foreach (ResourceState resource in resources)
        {
            MemoryFigures? memory = resource.Memory;
            Dictionary<string, Text> cells = new(StringComparer.Ordinal)
            {
                ["resource"] = new(resource.Name),
                ["state"] = State(resource),
                [process] = new(resource.Pid?.ToString(CultureInfo.InvariantCulture) ?? resource.ContainerId?[..12] ?? ""),
                ["ports"] = new(string.Join(", ", resource.Ports.Select(p => p.Value + (resource.Ports.Count > 1 ? " " + p.Key : "")))),
                ["used"] = new(Size(memory?.UsedBytes)),
                ["cached"] = new(Size(memory?.CacheBytes)),
                ["peak"] = new(Size(memory?.PeakBytes)),
                ["cap"] = new(memory?.CapBytes is { } cap ? Size(cap) + (memory.CapEnforced ? "" : " (not enforced)") : ""),
                ["used/cap"] = new(memory is { UsedBytes: { } used, CapBytes: { } of } ? string.Create(CultureInfo.InvariantCulture, $"{100.0 * used / of:F0} %") : ""),
            };
            table.AddRow(columns.Select(c => cells[c]));
        }

        table.AddEmptyRow();
        table.AddRow(columns.Select(c => new Text(c switch
        {
            "resource" => "sum",
            "used" => Size(Sum(resources, m => m.UsedBytes)),
            "cached" => Size(Sum(resources, m => m.CacheBytes)),
            "cap" => Size(Sum(resources, m => m.CapBytes)),
            _ => "",
        })));
        if (dashboard is not null)
            table.AddRow(columns.Select(c => Cell(dashboard, c)));
        Print(table);
        foreach (ResourceState failed in resources.Where(r => r is { State: RunState.Failed, Because: not null }))
            Terminal.Line($"failed: {failed.Name}: {failed.Because!.Split('\n')[0]}");
        if (abilities is { CapsEnforced: false })
            Terminal.Line($"Memory caps are NOT enforced here: {abilities.WhyNot("memory.caps")}.");
    }

    /// <summary>The terminal's width in columns; wide where nobody watches.</summary>
    public static int Width()
    {
        try
        {
            return Terminal.IsInteractive && Console.WindowWidth > 0 ? Console.WindowWidth : 200;
        }
        catch (IOException)
        {
            // No terminal after all.
            return 200;
        }
    }

    /// <summary>Prints a table as wide as it needs where nobody's terminal limits it.</summary>
    public static void Print(Table table)
    {
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Terminal.Out) });
        console.Profile.Width = Width();
        try
        {
            console.Write(table);
        }
        catch (IOException)
        {
            // The terminal is gone; there is nobody to tell.
            Terminal.Line();
        }
    }

    // On a line of its own below the sum: it shows the lab, and is no part of what the lab needs.
    private static Text Cell(DashboardRow dashboard, string column) => column switch
    {
        "resource" => new("dashboard"),
        "state" => new("running", new Style(Color.Green)),
        PidColumn or ContainerColumn => new(dashboard.Pid.ToString(CultureInfo.InvariantCulture)),
        "ports" => new(dashboard.Port.ToString(CultureInfo.InvariantCulture)),
        "used" => new(Size(dashboard.Memory.UsedBytes)),
        "cached" => new(Size(dashboard.Memory.CacheBytes)),
        "peak" => new(Size(dashboard.Memory.PeakBytes)),
        _ => new(""),
    };

    private static Text State(ResourceState resource) => resource.State switch
    {
        RunState.Running when resource.Answers == false => new("no answer", new Style(Color.Red)),
        RunState.Running => new("running", new Style(Color.Green)),
        RunState.Exited => new($"ended, exit code {resource.ExitCode}", new Style(Color.Red)),
        RunState.Failed => new("failed", new Style(Color.Red)),
        RunState.Stopped when resource.Because == ResourceState.Killed => new($"killed, exit code {resource.ExitCode}", new Style(Color.Yellow)),
        var state => new(state.ToString().ToLowerInvariant(), new Style(Color.Yellow)),
    };

    // A figure that no row has is unknown, not 0.
    private static long? Sum(IReadOnlyList<ResourceState> resources, Func<MemoryFigures, long?> figure)
    {
        long?[] known = [.. resources.Select(r => r.Memory).OfType<MemoryFigures>().Select(figure).Where(f => f is not null)];
        return known.Length == 0 ? null : known.Sum();
    }

    private static string Size(long? bytes) => bytes is { } known ? ByteSize.ToMiB(known) : "";
}
