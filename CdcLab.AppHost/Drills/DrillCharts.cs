using System.Xml.Linq;
using CdcLab.Model.Drills;
using ScottPlot;

namespace CdcLab.AppHost.Drills;

/// <summary>One chart: a title with its unit, what its lines are, and the picture.</summary>
/// <param name="Series">Names of the lines, in the order of their colors.</param>
internal sealed record DrillChart(string Title, IReadOnlyList<string> Series, XElement Svg);

/// <summary>
/// Charts of a drill as SVG to stand inside of HTML, one below the other on one scale of time. ScottPlot draws the lines.
/// The texts are written here: its own need fonts to be measured with, and are left out of an SVG on a machine that has none.
/// Colors are CSS variables, so that a page decides between light and dark.
/// </summary>
internal static class DrillCharts
{
    public const int Colors = 8;

    private const int Width = 1000, Left = 78, Right = 14, Below = 34, LabelHeight = 14;

    // Of the font of the labels, 11 px; a wide letter may reach into the gap.
    private const double LetterWidth = 5.8, LabelGap = 10;
    private const double LongestGap = 3.5, Close = 3;
    private static readonly int[] SecondSteps = [1, 2, 5, 10, 20, 30, 60, 120, 300, 600];
    private static readonly int[] MiBSteps = [1, 2, 5, 10, 20, 50, 100, 200, 250, 500, 1000, 2000, 5000];

    private static readonly Dictionary<string, string> Short = new(StringComparer.Ordinal)
    {
        [DrillMoment.FirstMissed] = "ack missed",
        [DrillMoment.OutOfIsr] = "out of ISR",
        [DrillMoment.LeaderElected] = "new leader",
        [DrillMoment.ControllerElected] = "new controller",
        [DrillMoment.FirstAfter] = "acks again",
        [DrillMoment.IsrWhole] = "ISR whole",
        [DrillMoment.LeadersBack] = "leaders back",
    };

    /// <param name="id">Begins the id of everything in the pictures: no other picture of the page may have it.</param>
    public static IReadOnlyList<DrillChart> Of(DrillOutcome outcome, string id)
    {
        // Memory is counted from the drill's beginning, the rest from that of the run.
        double shift = outcome.Result is { } run ? (run.Started - outcome.Started).TotalSeconds : 0;
        DrillMemory[] memory =
        [
            .. outcome.Memory
                .Select(m => m with { Samples = [.. m.Samples.Select(s => s with { Seconds = s.Seconds - shift }).Where(s => s.Seconds >= 0)] })
                .Where(m => m.Samples.Count > 0),
        ];
        double seconds = memory.SelectMany(m => m.Samples).Select(s => s.Seconds).Append(outcome.Result?.Seconds ?? outcome.Seconds).Max();
        IReadOnlyList<DrillMoment> moments = outcome.Timeline();
        List<DrillChart> charts = [];
        if (outcome.Result is { Latencies.Count: > 0 } timed)
            charts.Add(Latency(timed, new(seconds, moments, $"{id}-latency")));
        if (outcome.Result is { Cluster.Count: > 0 } seen)
            charts.Add(InSync(seen, new(seconds, moments, $"{id}-isr") { HasLabels = charts.Count == 0 }));
        if (memory.Length > 0)
            charts.Add(Memory(memory, new(seconds, moments, $"{id}-memory") { HasLabels = charts.Count == 0 }));
        return charts;
    }

    private static DrillChart Latency(DrillResult result, Frame frame)
    {
        const double Least = 0.1;
        using Picture picture = new(frame, height: 170);
        (double X, double Y)[] Points(Func<DrillLatency, double> what) =>
            [.. result.Latencies.Where(l => l.Count > 0).Select(l => (l.Second + 0.5, Math.Log10(Math.Max(Least, what(l)))))];
        (double, double)[] longest = Points(l => l.MaxMilliseconds), median = Points(l => l.P50Milliseconds);
        double low = Math.Floor(median.Select(p => p.Item2).DefaultIfEmpty().Min());
        double high = Math.Max(low + 1, Math.Ceiling(longest.Select(p => p.Item2).DefaultIfEmpty().Max()));
        picture.Line(longest, 1, gap: 1.5);
        picture.Line(median, 0, gap: 1.5);
        int[] decades = [.. Enumerable.Range((int)low, (int)(high - low) + 1)];
        return new(
            "Latency from when a message was due to its acknowledgement, of the messages due in each second (logarithmic)",
            ["p50", "longest"],
            picture.Draw(low, high, [.. decades.Select(d => ((double)d, d < 3 ? $"{Math.Pow(10, d):0.#} ms" : $"{Math.Pow(10, d - 3):0} s"))]));
    }

    private static DrillChart InSync(DrillResult result, Frame frame)
    {
        int partitions = result.Cluster.Max(c => c.InSync.Count);
        using Picture picture = new(frame, height: 96);
        // Lines of the same height would hide each other.
        double apart = Math.Min(0.12, 0.5 / Math.Max(1, partitions));
        for (int p = 0; p < partitions; p++)
        {
            double offset = ((partitions - 1) / 2.0 - p) * apart;
            List<(double, double)> points = [];
            foreach (DrillCluster state in result.Cluster)
            {
                if (p < state.InSync.Count)
                    points.Add((state.Seconds, state.InSync[p] + offset));
            }

            if (points.Count > 0)
                points.Add((Math.Max(points[^1].Item1, result.Seconds), points[^1].Item2));
            picture.Line([.. points], p, isStep: true);
        }

        int most = Math.Max(result.ReplicationFactor, result.Cluster.SelectMany(c => c.InSync).DefaultIfEmpty().Max());
        return new(
            "In-sync replicas of each partition, as ZooKeeper's nodes said (lines of the same value are drawn side by side)",
            [.. Enumerable.Range(0, partitions).Select(p => $"partition {p}")],
            picture.Draw(-0.4, most + 0.5, [.. Enumerable.Range(0, most + 1).Select(n => ((double)n, $"{n}"))]));
    }

    private static DrillChart Memory(DrillMemory[] servers, Frame frame)
    {
        using Picture picture = new(frame, height: 170);
        for (int s = 0; s < servers.Length; s++)
            picture.Line([.. servers[s].Samples.Select(m => (m.Seconds, MiB(m.Bytes)))], s, gap: LongestGap);
        double high = 1.12 * servers.SelectMany(s => s.Samples.Select(m => m.Bytes).Append(s.CapBytes ?? 0)).Select(MiB).Max();
        foreach (IGrouping<long, DrillMemory> cap in servers.Where(s => s.CapBytes is not null).GroupBy(s => s.CapBytes!.Value))
            picture.Level(MiB(cap.Key), $"cap {ByteSize.ToMiB(cap.Key)}: {string.Join(", ", cap.Select(s => s.Resource))}");
        int step = MiBSteps.FirstOrDefault(n => high / n <= 5, 10_000);
        return new(
            servers.Any(s => s.CapBytes is not null)
                ? "Memory that each server cannot give back (anonymous memory), against its cap (dashed)"
                : "Memory that each server cannot give back (anonymous memory); no cap is enforced here",
            [.. servers.Select(s => $"{s.Resource} (most {ByteSize.ToMiB(s.Samples.Max(m => m.Bytes))})")],
            picture.Draw(0, Math.Max(1, high), [.. Enumerable.Range(0, (int)(high / step) + 1).Select(n => ((double)n * step, $"{n * step:N0} MiB"))]));
    }

    private static double MiB(long bytes) => bytes / (double)ByteSize.MiB;

    /// <summary>What the charts of a drill share.</summary>
    private sealed record Frame(double Seconds, IReadOnlyList<DrillMoment> Moments, string Id)
    {
        public bool HasLabels { get; init; } = true;

        public double End => Math.Max(1, Seconds);
    }

    private sealed class Picture : IDisposable
    {
        // They stand for the variables of a page's style, which ScottPlot cannot know.
        private static readonly string[] Names = ["grid", "axis", "fault", "healed", "moment", .. Enumerable.Range(0, Colors).Select(i => $"s{i}")];
        private static readonly Dictionary<string, string> Variables =
            Names.Index().ToDictionary(n => $"#0A0A{n.Index + 16}", n => $"var(--{n.Item})", StringComparer.OrdinalIgnoreCase);

        private readonly Plot _plot = new();
        private readonly Frame _frame;
        private readonly int _height;
        private readonly List<(double Y, string Text)> _levels = [];
        private readonly (double X, double Center, int Lane, string Text)[] _labels;
        private readonly int _lanes;

        public Picture(Frame frame, int height)
        {
            (_frame, _height) = (frame, height);
            _labels = frame.HasLabels ? Labels(frame) : [];
            _lanes = _labels.Select(l => l.Lane + 1).DefaultIfEmpty().Max();
            IEnumerable<(string Color, double Seconds)> moments = frame.Moments.Select(m => (NameOf(m.What), m.Seconds));
            foreach ((string color, double seconds) in moments.DistinctBy(m => (m.Color, Math.Round(XOf(frame, m.Seconds) / Close))))
                _plot.Add.VerticalLine(seconds, 1, ColorOf(color), color == "moment" ? LinePattern.Dotted : LinePattern.Solid);
        }

        public void Dispose() => _plot.Dispose();

        private int Top => 8 + (_lanes * LabelHeight);

        /// <summary>Broken where nothing is known for longer than the gap; a point that stands alone is a dot.</summary>
        public void Line((double X, double Y)[] points, int color, double gap = double.MaxValue, bool isStep = false)
        {
            for (int from = 0, to; from < points.Length; from = to)
            {
                for (to = from + 1; to < points.Length && points[to].X - points[to - 1].X <= gap;)
                    to++;
                Coordinates[] run = [.. points[from..to].Select(p => new Coordinates(p.X, p.Y))];
                ScottPlot.Plottables.Scatter line = _plot.Add.Scatter(run, ColorOf($"s{color % Colors}"));
                (line.LineWidth, line.MarkerSize) = (1.6f, run.Length == 1 ? 4 : 0);
                if (isStep)
                    line.ConnectStyle = ConnectStyle.StepHorizontal;
            }
        }

        /// <summary>A dashed line over the whole width, with a text.</summary>
        public void Level(double y, string text)
        {
            _plot.Add.HorizontalLine(y, 1, ColorOf("axis"), LinePattern.Dashed);
            _levels.Add((y, text));
        }

        public XElement Draw(double low, double high, IReadOnlyList<(double Y, string Text)> ticks)
        {
            double step = SecondSteps.FirstOrDefault(s => _frame.End / s <= 14, 1200);
            double[] times = [.. Enumerable.Range(0, (int)(_frame.End / step) + 1).Select(n => n * step)];
            _plot.Axes.SetLimits(0, _frame.End, low, high);
            _plot.Axes.Bottom.TickGenerator = new ScottPlot.TickGenerators.NumericManual(times, [.. times.Select(_ => "")]);
            _plot.Axes.Left.TickGenerator = new ScottPlot.TickGenerators.NumericManual([.. ticks.Select(t => t.Y)], [.. ticks.Select(_ => "")]);
            _plot.Axes.Color(ColorOf("axis"));
            _plot.Axes.Right.IsVisible = _plot.Axes.Top.IsVisible = false;
            _plot.Grid.MajorLineColor = ColorOf("grid");
            _plot.FigureBackground.Color = _plot.DataBackground.Color = ScottPlot.Colors.Transparent;
            _plot.Layout.Fixed(new PixelPadding(Left, Right, Below, Top));
            int height = Top + _height + Below;
            XElement svg = Adopt(XElement.Parse(_plot.GetSvgXml(Width, height)));
            svg.ReplaceAttributes(new XAttribute("viewBox", $"0 0 {Width} {height}"), new XAttribute("role", "img"));
            // Below the lines of the plot.
            svg.AddFirst(_labels.Select(l => new XElement(
                "path",
                new XAttribute("d", string.Create(CultureInfo.InvariantCulture, $"M{X(l.X):0.#} {Top}V{LaneY(l.Lane) + 3:0.#}")),
                new XAttribute("stroke", "var(--moment)"),
                new XAttribute("class", "lead"))));
            svg.Add(times.Select(t => Text(X(t), height - 19, "middle", $"{t:0}")));
            svg.Add(Text(Left + ((Width - Left - Right) / 2.0), height - 4, "middle", "seconds"));
            svg.Add(ticks.Select(t => Text(Left - 7, Y(t.Y) + 4, "end", t.Text)));
            svg.Add(_levels.Select(l => Text(Width - Right - 4, Y(l.Y) - 4, "end", l.Text, "halo")));
            svg.Add(_labels.Select(l => Text(l.Center, LaneY(l.Lane), "middle", l.Text, "halo")));
            return svg;

            double Y(double y) => Top + _height - ((y - low) / (high - low) * _height);
        }

        private double LaneY(int lane) => Top - 6 - (lane * LabelHeight);

        private double X(double seconds) => XOf(_frame, seconds);

        private static double XOf(Frame frame, double seconds) => Left + (seconds / frame.End * (Width - Left - Right));

        private static Color ColorOf(string name) => Color.FromHex($"#0A0A{Array.IndexOf(Names, name) + 16}");

        private static string NameOf(string what) => what switch { DrillMoment.Fault => "fault", DrillMoment.Healed => "healed", _ => "moment" };

        // Moments that come together have one label; a label goes into the lowest lane that is free there.
        private static (double X, double Center, int Lane, string Text)[] Labels(Frame frame)
        {
            List<(double X, string Text)> merged = [];
            foreach (DrillMoment moment in frame.Moments.OrderBy(m => m.Seconds))
            {
                string text = moment switch
                {
                    { What: DrillMoment.Fault, Detail: { } act } => act,
                    { What: DrillMoment.Healed, Detail: { } server } => $"{server} healed",
                    { What: DrillMoment.Started, Detail: { } server } => $"{server} answers",
                    _ => Short.GetValueOrDefault(moment.What, moment.What),
                };
                bool isClose = merged.Count > 0 && XOf(frame, moment.Seconds) - XOf(frame, merged[^1].X) < Close;
                if (isClose && !merged[^1].Text.Contains(text, StringComparison.Ordinal))
                    merged[^1] = (merged[^1].X, $"{merged[^1].Text}, {text}");
                else
                    merged.Add((moment.Seconds, text));
            }

            List<double> ends = [];
            List<(double, double, int, string)> labels = [];
            foreach ((double x, string text) in merged)
            {
                double half = text.Length * LetterWidth / 2;
                double center = Math.Clamp(XOf(frame, x), Math.Min(half, Width / 2.0), Math.Max(Width - half, Width / 2.0));
                int lane = ends.FindIndex(end => end + LabelGap <= center - half);
                if (lane < 0)
                    (lane, ends) = (ends.Count, [.. ends, 0]);
                ends[lane] = center + half;
                labels.Add((x, center, lane, text));
            }

            return [.. labels];
        }

        private static XElement Text(double x, double y, string anchor, string text, string? style = null) => new(
            "text",
            new XAttribute("x", x.ToString("0.#", CultureInfo.InvariantCulture)),
            new XAttribute("y", y.ToString("0.#", CultureInfo.InvariantCulture)),
            new XAttribute("text-anchor", anchor),
            style is null ? null : new XAttribute("class", style),
            Commands.ReportRows.Plain(text));

        // Without its namespace, which HTML implies; its ids are made the page's own, and its colors the page's variables.
        private XElement Adopt(XElement element)
        {
            XElement adopted = new(element.Name.LocalName);
            foreach (XAttribute attribute in element.Attributes().Where(a => !a.IsNamespaceDeclaration))
            {
                string value = attribute.Name.LocalName == "id"
                    ? $"{_frame.Id}-{attribute.Value}"
                    : attribute.Value.Replace("url(#", $"url(#{_frame.Id}-", StringComparison.Ordinal);
                adopted.SetAttributeValue(attribute.Name.LocalName, Variables.GetValueOrDefault(value, value));
            }

            adopted.Add(element.Elements().Where(e => e.Name.LocalName != "text").Select(Adopt));
            return adopted;
        }
    }
}
