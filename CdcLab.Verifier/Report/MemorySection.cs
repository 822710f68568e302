using System.Globalization;
using CdcLab.Model;
using CdcLab.Model.Live;

namespace CdcLab.Verifier.Report;

/// <summary>5.3: memory, measured; every sum is added up from the rows above it.</summary>
internal static class MemorySection
{
    public static void Write(Markdown text, ReportFacts facts)
    {
        text.Heading(3, "5.3 Integrated memory");
        if (facts.Resources is not { } resources)
        {
            text.Paragraph("The host's control endpoint could not be asked, so there are no memory figures.");
            return;
        }

        text.Paragraph(facts.Abilities.CapsEnforced
            ? "The kernel enforces every cap (cgroup). In use is anonymous memory, which cannot be given back; cached is page cache, which can, and which fills up to the cap without harm."
            : "**Cap not enforced**: this machine lets the lab make no cgroup, so that only heaps and pools limit the servers. In use is anonymous memory.");
        List<Row> rows = [.. facts.Model.Resources.Select(r => new Row(r.Name, r.MemoryCapBytes, resources.FirstOrDefault(s => s.Name == r.Name)?.Memory))];
        text.Table(["component", "cap", "in use", "share of cap", "cached", "peak", "OOM kills"], [.. rows.Select(Cells), Sum(rows)]);
        Left(text, rows);
    }

    private static string[] Cells(Row row) =>
    [
        row.Name,
        row.Cap is { } cap ? Markdown.Size(cap) : "none",
        Markdown.Size(row.Memory?.UsedBytes),
        row.Cap is { } whole && row.Memory?.UsedBytes is { } used ? Share(used, whole) : "-",
        Markdown.Size(row.Memory?.CacheBytes),
        Markdown.Size(row.Memory?.PeakBytes),
        row.Memory?.OomKills?.ToString(CultureInfo.InvariantCulture) ?? "not known",
    ];

    private static string[] Sum(List<Row> rows)
    {
        long caps = rows.Sum(r => r.Cap ?? 0);
        long used = rows.Sum(r => r.Memory?.UsedBytes ?? 0);
        int unread = rows.Count(r => r.Memory?.UsedBytes is null);
        return
        [
            unread == 0 ? "**sum**" : $"**sum, {unread} not known left out**",
            Markdown.Size(caps),
            Markdown.Size(used),
            "-",
            Markdown.Size(rows.Sum(r => r.Memory?.CacheBytes ?? 0)),
            "-",
            rows.Sum(r => r.Memory?.OomKills ?? 0).ToString(CultureInfo.InvariantCulture),
        ];
    }

    private static void Left(Markdown text, List<Row> rows)
    {
        long caps = rows.Sum(r => r.Cap ?? 0);
        long used = rows.Sum(r => r.Memory?.UsedBytes ?? 0);
        long later = MemoryBudget.PhaseTwo.Sum(p => p.CapBytes);
        string names = string.Join(", ", MemoryBudget.PhaseTwo.Select(p => $"{p.Name} {Markdown.Size(p.CapBytes)}"));
        text.Table(["of the specification's machine", "by caps", "by use now"],
        [
            ["its memory", Markdown.Size(MemoryBudget.MachineBytes), Markdown.Size(MemoryBudget.MachineBytes)],
            ["left beside this lab", Markdown.Size(MemoryBudget.MachineBytes - caps), Markdown.Size(MemoryBudget.MachineBytes - used)],
            [$"left beside the host and its dashboard too, measured: standalone {Markdown.Size(MemoryBudget.StandaloneHostBytes)}", Markdown.Size(MemoryBudget.MachineBytes - caps - MemoryBudget.StandaloneHostBytes), Markdown.Size(MemoryBudget.MachineBytes - used - MemoryBudget.StandaloneHostBytes)],
            [$"the same with an Aspire host (its orchestrator and monitors: {Markdown.Size(MemoryBudget.AspireHostBytes)})", Markdown.Size(MemoryBudget.MachineBytes - caps - MemoryBudget.AspireHostBytes), Markdown.Size(MemoryBudget.MachineBytes - used - MemoryBudget.AspireHostBytes)],
            [$"left beside an Aspire host and Phase 2 ({names}: {Markdown.Size(later)} together)", Markdown.Size(MemoryBudget.MachineBytes - caps - MemoryBudget.AspireHostBytes - later), Markdown.Size(MemoryBudget.MachineBytes - used - MemoryBudget.AspireHostBytes - later)],
        ]);
    }

    private static string Share(long used, long whole) => string.Create(CultureInfo.InvariantCulture, $"{100.0 * used / whole:F0} %");

    private sealed record Row(string Name, long? Cap, MemoryFigures? Memory);
}
