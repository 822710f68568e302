using CdcLab.Clients.MySql.Binlog;

namespace CdcLab.Verifier.Checks;

/// <summary>What is known of the binlog's files: when each was made, and until when at least it was written to: MySQL counts retention from there.</summary>
internal sealed class BinlogHistory(TimeSpan retention)
{
    private static readonly TimeSpan StartIsKnownTo = TimeSpan.FromSeconds(3);
    private IReadOnlyList<Known> _files = [];
    private DateTimeOffset _looked;

    /// <summary>The files whose age is to be read. The only file is read again: where all begins anew it has the same name.</summary>
    public IEnumerable<BinlogFile> Unaged(IReadOnlyList<BinlogFile> files) =>
        files.Where(f => files.Count == 1 || _files.FirstOrDefault(k => k.Name == f.Name)?.Made is null);

    /// <summary>Takes the files as they are now; gives what is gone and should not be, or null.</summary>
    /// <param name="started">When the server started, to a second or two.</param>
    public string? Take(IReadOnlyList<BinlogFile> files, IReadOnlyDictionary<string, DateTimeOffset> made, DateTimeOffset now, DateTimeOffset started)
    {
        Known[] gone = [.. _files.TakeWhile(k => k.Name != files[0].Name)];
        Known[] kept = [.. _files.Skip(gone.Length)];
        bool goesOn = kept.Length <= files.Count && kept.Zip(files).All(p =>
            p.First.Name == p.Second.Name
            // The last one may have grown, or been trimmed by the recovery after a crash.
            && (p.First == kept[^1] ? p.Second.Size >= p.First.Size || started + StartIsKnownTo > _looked : p.Second.Size == p.First.Size)
            && (p.First.Made is not { } was || made.GetValueOrDefault(p.Second.Name, was) == was));
        (Known Was, BinlogFile Is) cut = kept.Zip(files).FirstOrDefault(p => p.First.Name == p.Second.Name && p.Second.Size < p.First.Size && files[^1].Name != p.First.Name
            && (p.First.Made is not { } was || made.GetValueOrDefault(p.Second.Name, was) == was));
        Known[] early = [.. gone.Where(k => k.Written + retention > now)];
        string? found = !goesOn && cut.Was is not null ? $"{cut.Was.Name} had {cut.Was.Size:N0} bytes and has {cut.Is.Size:N0}: what was behind them is gone"
            : !goesOn ? $"the binlog began anew: {Span(_files)} became {Span(files.Select(f => new Known(f.Name, f.Size, null, default)))}"
            : early.Length > 0 ? $"purged before its time: {Span(early)}, the newest of it {MySqlBinlogHistoryCheck.Text(now - early[^1].Written)} old"
            : null;
        IEnumerable<Known> before = goesOn ? kept : [];
        _files = [.. files.Select(f =>
        {
            Known? known = before.FirstOrDefault(k => k.Name == f.Name);
            DateTimeOffset? at = made.TryGetValue(f.Name, out DateTimeOffset read) ? read : known?.Made;
            // What has grown since the last look was written to after that look.
            return new Known(f.Name, f.Size, at, Latest(known is null || known.Size == f.Size ? known?.Written : _looked, at));
        })];
        _looked = now;
        return found;
    }

    public string Oldest(DateTimeOffset now) => _files[0] switch
    {
        { Made: { } made } oldest => $"oldest file {oldest.Name} from {made.UtcDateTime:yyyy-MM-dd HH:mm} UTC, {MySqlBinlogHistoryCheck.Text(now - made)} old",
        var oldest => $"oldest file {oldest.Name}",
    };

    private static DateTimeOffset Latest(DateTimeOffset? one, DateTimeOffset? other) => one > other || other is null ? one ?? default : other.Value;

    private static string Span(IEnumerable<Known> files) =>
        files.ToArray() is [var first, .., var last] ? $"{first.Name} to {last.Name}" : string.Concat(files.Select(f => f.Name));

    private sealed record Known(string Name, long Size, DateTimeOffset? Made, DateTimeOffset Written);
}
