using Spectre.Console;

namespace CdcLab.AppHost.Commands;

/// <summary>A report for the terminal: a table of all checks, then each cause once, with what to do.</summary>
internal static class VerifyText
{
    private const int Label = 10;
    private const int MostNamed = 4;

    // The other columns, the frame, and 24 columns for what was found.
    private const int LeastFound = 44;
    private static readonly char[] Blanks = [' ', '\t'];

    /// <summary>Renders it.</summary>
    /// <param name="report">The report.</param>
    /// <param name="width">The most columns of a line.</param>
    /// <param name="ansi">Whether the terminal shows colours.</param>
    /// <returns>Lines, each ended.</returns>
    public static string Render(LabReport report, int width, bool ansi)
    {
        using StringWriter text = new(CultureInfo.InvariantCulture);
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(text), Ansi = ansi ? AnsiSupport.Yes : AnsiSupport.No, ColorSystem = ansi ? ColorSystemSupport.Standard : ColorSystemSupport.NoColors, Interactive = InteractionSupport.No });
        console.Profile.Width = width;
        Table table = new() { Border = TableBorder.Rounded };
        // An id in one piece can be searched for; on a narrow terminal it is broken rather than lost.
        TableColumn check = new("check") { NoWrap = report.Checks.Select(c => c.Id.Length).DefaultIfEmpty().Max() <= width - LeastFound };
        table.AddColumn(new TableColumn("verdict").NoWrap()).AddColumn(check).AddColumn("found");
        IReadOnlyList<Verdict> roots = report.Roots();
        foreach (Verdict verdict in report.Checks)
            table.AddRow(Word(verdict.Outcome), new Text(verdict.Id), new Text(verdict.Outcome == Outcome.Ok || roots.Contains(verdict) ? Found(verdict) : $"follows from {report.RootOf(verdict).Id}"));
        console.Write(table);

        foreach (Verdict root in roots)
        {
            text.WriteLine();
            foreach (string line in Wrap($"{(root.Outcome == Outcome.Failed ? "FAILED" : "UNKNOWN")}: {root.Id}", width))
                text.WriteLine(line);
            Write(text, width, "expected", root.Expected);
            Write(text, width, "found", root.Actual ?? "not known");
            Write(text, width, "because", root.Because);
            Write(text, width, "fix", root.Fix);
            if (report.FollowersOf(root) is { Count: > 0 } followers)
                Write(text, width, "", $"{(followers.Count == 1 ? "1 check follows" : $"{followers.Count} checks follow")} from it: {string.Join(", ", followers.Take(MostNamed).Select(f => f.Id))}{(followers.Count > MostNamed ? $" and {followers.Count - MostNamed} more; the table marks them" : "")}");
        }

        if (report.NotPossibleHere.Count > 0)
        {
            text.WriteLine();
            text.WriteLine("Not possible here:");
            foreach (NotPossible item in report.NotPossibleHere)
                Write(text, width, "", $"{item.Id}: {item.Reason}");
        }

        text.WriteLine();
        foreach (string line in Wrap(report.Summary(), width))
            text.WriteLine(line);
        return string.Join('\n', text.ToString().Split('\n').Select(l => l.TrimEnd()));
    }

    /// <summary>Breaks a text at blanks into lines of a length; a word that is longer is cut.</summary>
    internal static IEnumerable<string> Wrap(string text, int length)
    {
        string line = "";
        foreach (string word in text.ReplaceLineEndings(" ").Split(Blanks, StringSplitOptions.RemoveEmptyEntries))
        {
            string rest = word;
            if (line.Length > 0 && line.Length + 1 + rest.Length <= length)
            {
                line += " " + rest;
                continue;
            }

            if (line.Length > 0)
                yield return line;
            for (; rest.Length > length; rest = rest[length..])
                yield return rest[..length];
            line = rest;
        }

        if (line.Length > 0)
            yield return line;
    }

    private static void Write(StringWriter text, int width, string label, string? value)
    {
        foreach (string line in Wrap(value ?? "", Math.Max(20, width - Label - 2)))
        {
            text.WriteLine($"  {label.PadRight(Label)}{line}");
            label = "";
        }
    }

    private static string Found(Verdict verdict) => (verdict.Actual ?? verdict.Because ?? "not known").ReplaceLineEndings(" ");

    private static Text Word(Outcome outcome) => outcome switch
    {
        Outcome.Ok => new("ok", new Style(Color.Green)),
        Outcome.Failed => new("FAILED", new Style(Color.Red)),
        _ => new("unknown", new Style(Color.Yellow)),
    };
}

/// <summary>What several renderings of a report say in the same way.</summary>
internal static class ReportExtensions
{
    /// <summary>The verdicts that are not ok and follow from no other.</summary>
    public static IReadOnlyList<Verdict> Roots(this LabReport report) => [.. report.Checks.Where(v => v.Outcome != Outcome.Ok && report.RootOf(v) == v)];

    /// <summary>The verdict from which one follows, in the end; itself where it follows from none.</summary>
    public static Verdict RootOf(this LabReport report, Verdict verdict)
    {
        HashSet<string> seen = [verdict.Id];
        Verdict at = verdict;
        while (at.CausedBy is { } cause && seen.Add(cause) && report.Checks.FirstOrDefault(c => c.Id == cause && c.Outcome != Outcome.Ok) is { } next)
            at = next;
        return at;
    }

    /// <summary>The other verdicts that are not ok because of one.</summary>
    public static IReadOnlyList<Verdict> FollowersOf(this LabReport report, Verdict root) => [.. report.Checks.Where(v => v != root && v.Outcome != Outcome.Ok && report.RootOf(v) == root)];

    /// <summary>The counts in one line.</summary>
    public static string Summary(this LabReport report) =>
        $"{report.Checks.Count} checks: {report.Count(Outcome.Ok)} ok, {report.Count(Outcome.Failed)} failed, {report.Count(Outcome.Unknown)} unknown (could not look); {report.NotPossibleHere.Count} not possible here.";

    /// <summary>How many verdicts have an outcome.</summary>
    public static int Count(this LabReport report, Outcome outcome) => report.Checks.Count(c => c.Outcome == outcome);

    /// <summary>What ran on what for how long, item by item.</summary>
    public static IEnumerable<(string What, string Value)> Head(this LabReport report)
    {
        yield return ("lab", report.Lab);
        yield return ("made", report.At.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture) + " UTC");
        yield return ("machine", report.Machine);
        yield return ("servers", report.Figures is { } figures ? $"{figures.MySql ?? "MySQL: version not known"}, {figures.Kafka ?? "Kafka: version not known"}, as {(figures.Containers ? "containers" : "processes")}" : "not known");
        yield return ("watched for", DurationText.ToText(TimeSpan.FromSeconds(Math.Round((report.At - report.Since).TotalSeconds))));
        yield return ("market", report.OrdersPerSecond is { } rate
            ? $"{(rate == "max" ? "unthrottled" : $"{rate} orders per second")}; {Number(report.Orders)} orders and {Number(report.Executions)} executions committed since its start"
            : "does not answer: rate and number of orders are not known");
    }

    /// <summary>A number with its thousands, or that it is not known.</summary>
    public static string Number(long? value) => value?.ToString("N0", CultureInfo.InvariantCulture) ?? "not known";
}
