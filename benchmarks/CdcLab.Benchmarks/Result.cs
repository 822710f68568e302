using System.Runtime.InteropServices;
using CdcLab.Model.Options;
using Spectre.Console;

namespace CdcLab.Benchmarks;

/// <summary>A number could not be measured.</summary>
internal sealed class BenchmarkException(string message) : Exception(message);

/// <summary>One measured number.</summary>
/// <param name="Number">What is measured; its row in a Markdown table is found by this.</param>
/// <param name="Value">What was measured.</param>
/// <param name="Spread">Least and greatest, over how many turns or seconds, and the peer's own figure.</param>
/// <param name="Target">What is to be reached.</param>
/// <param name="Met">Whether it was reached; null where there is no target or it could not be measured.</param>
internal sealed record Result(string Number, string Value, string Spread, string Target, bool? Met)
{
    private const string Header = "| number | value | spread | target | met | measured |";
    private const string Rule = "|---|---|---|---|---|---|";
    private const string MachineLine = "Machine: ";

    private string MetText => Met switch { true => "met", false => "**not met**", null => "" };

    /// <summary>One against its peer: the median of the turns' ratios.</summary>
    public static Result Ratio(string number, Samples ratio, string figures, string target = "", bool? met = null) =>
        new(number, $"{ratio.Median:0.00}x", $"{ratio.Spread("0.00", "x")}, {ratio.Turns}; {figures}", target, met);

    /// <summary>The machine, as far as it explains figures.</summary>
    public static string Machine()
    {
        string memory = ByteSize.ToMiB(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes);
        string? model = File.ReadLines("/proc/cpuinfo").FirstOrDefault(l => l.StartsWith("model name", StringComparison.Ordinal));
        string processor = model?.Split(':')[1].Trim() ?? RuntimeInformation.ProcessArchitecture.ToString();
        return $"{Environment.ProcessorCount} cores ({processor}), {memory}, Linux {Environment.OSVersion.Version}, {RuntimeInformation.FrameworkDescription}";
    }

    /// <summary>Processes that run or wait to run, averaged over the last minute.</summary>
    public static string Load() => File.ReadAllText("/proc/loadavg").Split(' ')[0];

    public static void Print(IEnumerable<Result> results)
    {
        Table table = new() { Border = TableBorder.Rounded };
        table.AddColumns("number", "value", "spread", "target", "met");
        foreach (Result r in results)
        {
            string met = r.Met switch { true => "[green]met[/]", false => "[red]not met[/]", null => "" };
            table.AddRow(Markup.Escape(r.Number), Markup.Escape(r.Value), Markup.Escape(r.Spread), Markup.Escape(r.Target), met);
        }

        AnsiConsole.Write(table);
    }

    /// <summary>Writes the rows into a Markdown file: in the place of rows of the same numbers, the others behind them.</summary>
    public static void WriteMarkdown(string file, IEnumerable<Result> results)
    {
        List<string> lines = File.Exists(file) ? [.. File.ReadAllLines(file)] : [];
        int header = lines.IndexOf(Header);
        if (header < 0)
        {
            header = lines.Count;
            lines.AddRange([Header, Rule]);
        }

        foreach (Result r in results)
        {
            string number = $"| {r.Number} |";
            string row = $"{number} {r.Value} | {r.Spread} | {r.Target} | {r.MetText} | {DateTime.UtcNow:yyyy-MM-dd} |";
            int at = lines.FindIndex(header, l => l.StartsWith(number, StringComparison.Ordinal));
            int end = lines.FindIndex(header, l => !l.StartsWith('|'));
            if (at >= 0)
                lines[at] = row;
            else
                lines.Insert(end < 0 ? lines.Count : end, row);
        }

        string machine = MachineLine + Machine() + ".";
        int old = lines.FindIndex(l => l.StartsWith(MachineLine, StringComparison.Ordinal));
        if (old >= 0)
            lines[old] = machine;
        else
            lines.AddRange(["", machine]);
        File.WriteAllLines(file, lines);
    }
}
