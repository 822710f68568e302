using System.Text.RegularExpressions;
using CdcLab.Model.Drills;

namespace CdcLab.AppHost.Drills;

/// <summary>Finds a drill's moments in what the brokers themselves wrote, to compare with what was measured from outside.</summary>
internal static partial class BrokerLogs
{
    private const string Elected = "successfully elected as the controller";

    /// <summary>When one line was written, and what it says.</summary>
    internal sealed record Line(DateTimeOffset At, string Text);

    /// <summary>Adds to each moment of the cluster when the logs say that it was.</summary>
    public static IReadOnlyList<DrillMoment> Compare(DrillResult result, string logFolder, IEnumerable<string> brokers)
    {
        DateTimeOffset end = result.Started.AddSeconds(result.Seconds);
        return Compare(result, [.. brokers.SelectMany(b => Read(Path.Combine(logFolder, $"{b}.log"), result.Started, end)).OrderBy(l => l.At)]);
    }

    internal static IReadOnlyList<DrillMoment> Compare(DrillResult result, IReadOnlyList<Line> lines)
    {
        double fault = result.Moments.FirstOrDefault(m => m.What == DrillMoment.Fault)?.Seconds ?? double.MaxValue;
        (double Seconds, string Text)[] after =
            [.. lines.Select(l => ((l.At - result.Started).TotalSeconds, l.Text)).Where(l => l.TotalSeconds >= fault - 0.5)];
        string partition = Regex.Escape(result.Topic) + @"-\d+\b";
        string[] sizes = [.. Enumerable.Range(1, result.ReplicationFactor - 1).Select(n => $@"ISR updated to \d+(,\d+){{{n - 1}}}\s")];
        string whole = $@"ISR updated to \d+(,\d+){{{result.ReplicationFactor - 1}}}\s";
        return [.. result.Moments.Select(m => m with
        {
            LoggedSeconds = m.What switch
            {
                // Its leader says so, the controller that hands its partitions over, or one that takes over from a controller that is gone, which throws it out
                // without a word.
                DrillMoment.OutOfIsr => First(
                    $@"Partition {partition} .*({string.Join('|', sizes)})", @"deleted brokers: \d", @"Controller id=\d+\] Shutting down broker", Elected),
                // Whoever becomes a leader stops to fetch.
                DrillMoment.LeaderElected => First($@"ReplicaFetcherManager on broker \d+\] Removed fetcher for partitions .*{partition}"),
                DrillMoment.ControllerElected => First(Elected),
                DrillMoment.Started => Last(@"\[KafkaServer id=\d+\] started", m.Seconds + 5),
                DrillMoment.IsrWhole => Last($@"Partition {partition} .*{whole}", double.MaxValue),
                DrillMoment.LeadersBack => Last($@"Partition {partition} completed preferred replica leader election", double.MaxValue),
                _ => default(double?),
            },
        })];

        double? First(params string[] patterns) =>
            after.Where(l => patterns.Any(p => Matches(l.Text, p))).Select(l => (double?)l.Seconds).FirstOrDefault();

        static bool Matches(string text, string pattern) => Regex.IsMatch(text, pattern, RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1));

        double? Last(string pattern, double before) =>
            after.Where(l => l.Seconds <= before && Matches(l.Text, pattern)).Select(l => (double?)l.Seconds).LastOrDefault();
    }

    // Each line begins with when it came, in UTC.
    private static IEnumerable<Line> Read(string file, DateTimeOffset from, DateTimeOffset to)
    {
        foreach (string path in new[] { $"{file}.1", file }.Where(File.Exists))
        {
            using StreamReader reader = new(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));
            while (reader.ReadLine() is { } line)
            {
                if (Stamp().Match(line) is { Success: true } stamp && DateTimeOffset.TryParse(stamp.ValueSpan, CultureInfo.InvariantCulture, out DateTimeOffset at) && at >= from && at <= to)
                    yield return new(at, line[stamp.Length..]);
            }
        }
    }

    [GeneratedRegex(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Stamp();
}
