using System.Runtime.InteropServices;
using CdcLab.Model.Drills;

namespace CdcLab.Verifier.Drills;

/// <summary>One record of the drill's topic.</summary>
/// <param name="Producer">Which producer sent it, by its place.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct DrillRecord(int Producer, int Number, int Key, int Partition, long Offset);

/// <summary>Compares what was answered with what is there.</summary>
internal static class DrillOracle
{
    private const int MostNamed = 20;

    /// <summary>Judges one producer.</summary>
    /// <param name="messages">What it sent, by number, with what was answered. What is still pending counts as unknown.</param>
    /// <param name="read">Its records: every partition from its first offset to its end, each in its order.</param>
    public static ProducerResult Judge(string name, bool isIdempotent, IReadOnlyList<DrillMessage> messages, IEnumerable<DrillRecord> read, IReadOnlyDictionary<string, long>? errors = null)
    {
        int[] copies = new int[messages.Count];
        Dictionary<int, int> newestOfKey = [];
        List<long> duplicates = [], outOfOrder = [];
        foreach (DrillRecord record in read)
        {
            if (copies[record.Number]++ > 0)
                duplicates.Add(record.Number);
            // One that was given up may arrive whenever it likes.
            else if (messages[record.Number].Outcome != DrillOutcome.Acknowledged)
                continue;
            else if (newestOfKey.TryGetValue(record.Key, out int newest) && record.Number < newest)
                outOfOrder.Add(record.Number);
            else
                newestOfKey[record.Key] = record.Number;
        }

        int[] lost = [.. Numbers(DrillOutcome.Acknowledged).Where(n => copies[n] == 0)];
        int[] unknown = [.. Numbers(DrillOutcome.Unknown), .. Numbers(DrillOutcome.Pending)];
        int[] refused = [.. Numbers(DrillOutcome.Refused)];
        return new(
            name, isIdempotent, messages.Count, messages.Count - refused.Length - unknown.Length, refused.Length, unknown.Length,
            unknown.Count(n => copies[n] > 0), refused.Count(n => copies[n] > 0), duplicates.Count, outOfOrder.Count, lost.Length)
        {
            LastLost = lost.Length > 0 ? lost[^1] : null,
            LostNumbers = [.. lost.Take(MostNamed).Select(n => (long)n)],
            DuplicateNumbers = [.. duplicates.Take(MostNamed)],
            OutOfOrderNumbers = [.. outOfOrder.Take(MostNamed)],
            Errors = errors ?? new Dictionary<string, long>(),
        };

        IEnumerable<int> Numbers(DrillOutcome outcome) => Enumerable.Range(0, messages.Count).Where(n => messages[n].Outcome == outcome);
    }
}
