using CdcLab.Clients.Market;
using CdcLab.OrderSimulator.Trading;

namespace CdcLab.Tests.Model.Market;

[Trait("tier", "model")]
public sealed class LedgerTests : IDisposable
{
    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"cdclab-ledger-{Guid.NewGuid():N}");

    public void Dispose()
    {
        if (Directory.Exists(_folder))
            Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void Every_kind_of_entry_is_read_as_it_was_written()
    {
        DateTime at = new(2026, 1, 2, 3, 4, 5, 678, DateTimeKind.Utc);
        LedgerEntry[] entries =
        [
            new() { Kind = LedgerKind.Insert, At = at, OrderId = 1, Status = "PENDING", Quantity = 5, Price = 54_000, UserId = 9, Symbol = "005930", OrderType = "BUY" },
            new() { Kind = LedgerKind.Execute, At = at, OrderId = 1, Status = "PARTIAL", Quantity = 2, Price = 53_900, ExecutionId = 8, Executed = 2 },
            new() { Kind = LedgerKind.Cancel, At = at, OrderId = 1, Status = "CANCELLED", Executed = 0 },
            new() { Kind = LedgerKind.Purging, At = at, OrderIds = [1, 2] },
            new() { Kind = LedgerKind.Purge, At = at, OrderIds = [.. Enumerable.Range(1, 30_000)] },
        ];
        using (LedgerWriter writer = new(_folder))
        {
            foreach (LedgerEntry entry in entries)
                writer.Append(entry);
        }

        List<LedgerEntry> read = Read(_folder);
        Assert.Equal(entries.Select((e, i) => e with { OrderIds = null, Line = i + 1 }), read.Select(e => e with { OrderIds = null }));
        Assert.Equal(entries.Select(e => e.OrderIds), read.Select(e => e.OrderIds));
        Assert.All(read, e => Assert.Equal(DateTimeKind.Utc, e.At.Kind));
    }

    [Property(MaxTest = 40)]
    public void Line_cut_anywhere_is_left_out_by_the_reader_and_cut_by_the_next_writer(int cutAt)
    {
        string folder = Path.Combine(_folder, Guid.NewGuid().ToString("N"));
        Append(folder, 1, 2);
        string file = LedgerFolder.Segment(folder, 1);
        byte[] whole = File.ReadAllBytes(file);
        int lastLine = whole.AsSpan(0, whole.Length - 1).LastIndexOf((byte)'\n') + 1;
        int cut = lastLine + (int)((uint)cutAt % (uint)(whole.Length - lastLine));
        File.WriteAllBytes(file, whole[..cut]);

        Assert.Equal([1], Ids(folder));
        Append(folder, 3);
        Assert.Equal([1, 3], Ids(folder));
    }

    [Fact]
    public void Ledger_that_is_only_a_torn_line_begins_anew()
    {
        Directory.CreateDirectory(_folder);
        File.WriteAllText(LedgerFolder.Segment(_folder, 1), "{\"kind\":\"ins" + new string('x', 10_000));
        Append(_folder, 7);
        Assert.Equal([7], Ids(_folder));
    }

    [Fact]
    public void Full_segments_are_followed_by_new_ones_and_the_oldest_goes()
    {
        using (LedgerWriter writer = new(_folder, segmentBytes: 400, segments: 3))
        {
            for (int id = 1; id <= 100; id++)
                writer.Append(Insert(id));
        }

        IReadOnlyList<(long Number, string Path)> segments = LedgerFolder.Segments(_folder);
        Assert.Equal(3, segments.Count);
        Assert.All(segments, s => Assert.InRange(new FileInfo(s.Path).Length, 1, 400));
        long[] ids = Ids(_folder);
        Assert.Equal(100, ids[^1]);
        Assert.Equal(Enumerable.Range((int)ids[0], ids.Length).Select(i => (long)i), ids);
    }

    [Fact]
    public void Second_writer_is_refused_while_the_first_lives()
    {
        using LedgerWriter first = new(_folder);
        Assert.Throws<IOException>(() => new LedgerWriter(_folder));
    }

    [Fact]
    public void Line_in_the_middle_that_is_no_entry_is_an_error_that_names_it()
    {
        Append(_folder, 1);
        File.AppendAllText(LedgerFolder.Segment(_folder, 1), "nonsense\n");
        long second = new FileInfo(LedgerFolder.Segment(_folder, 1)).Length - "nonsense\n".Length;
        InvalidDataException error = Assert.Throws<InvalidDataException>(() => Read(_folder));
        Assert.Contains($"ledger-00000001.jsonl, byte {second}:", error.Message, StringComparison.Ordinal);
    }

    [Property(MaxTest = 60)]
    public void Whatever_the_reader_begins_with_it_reads_every_line_once_older_ones_backwards_and_newer_ones_in_order(int seed)
    {
        Random random = new(seed);
        string folder = Path.Combine(_folder, Guid.NewGuid().ToString("N"));
        using LedgerWriter writer = new(folder, segmentBytes: 1500, segments: 1000);
        LedgerReader reader = new(folder, blockBytes: 700);
        List<long> older = [], newer = [];
        int id = 0;
        for (int round = 0; round < 10; round++)
        {
            for (int i = random.Next(12); i > 0; i--)
                writer.Append(Insert(++id));
            for (int i = random.Next(12); i > 0; i--)
                reader.ReadNewer(e => newer.Add(e.OrderId));
            if (random.Next(3) == 0)
                reader.ReadOlder(e => older.Add(e.OrderId));
        }

        while (!reader.ReadNewer(e => newer.Add(e.OrderId)))
        {
        }

        while (reader.ReadOlder(e => older.Add(e.OrderId)) || !reader.ReadNewer(e => newer.Add(e.OrderId)))
        {
        }

        older.Reverse();
        Assert.Equal(Enumerable.Range(1, id).Select(i => (long)i), [.. older, .. newer]);
    }

    [Fact]
    public void Reader_says_that_what_it_read_is_gone()
    {
        Append(_folder, 1, 2);
        LedgerReader reader = new(_folder);
        Assert.True(reader.ReadNewer(_ => { }));
        Directory.Delete(_folder, recursive: true);
        Append(_folder, 3);
        Assert.Throws<FileNotFoundException>(() => reader.ReadNewer(_ => { }));
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public void Line_that_somebody_removed_is_missed_whichever_way_the_ledger_is_read(bool removes, bool backwards)
    {
        LedgerReader reader = new(_folder);
        if (!backwards)
        {
            Append(_folder, 1);
            reader.ReadNewer(_ => { });
        }

        Append(_folder, 2, 3);
        Append(_folder, 4);
        string file = LedgerFolder.Segment(_folder, 1);
        string[] lines = File.ReadAllLines(file);
        File.WriteAllLines(file, lines.Where((_, i) => !removes || i != lines.Length - 2));

        reader.ReadNewer(_ => { });
        reader.ReadOlder(_ => { });

        Assert.Equal(!removes, reader.IsWhole);
    }

    [Fact]
    public void Start_says_since_when_a_killed_simulator_may_have_left_commits_without_lines()
    {
        DateTime noon = new(2026, 1, 2, 12, 0, 0, DateTimeKind.Utc);
        Start(noon);
        using (LedgerWriter writer = new(_folder))
        {
            writer.Append(Insert(1) with { At = noon.AddSeconds(1) });
            writer.Append(Insert(2) with { At = noon.AddSeconds(99) });
            writer.Append(Insert(3) with { At = noon.AddSeconds(200) });
        }

        Start(noon.AddSeconds(205));
        Start(noon.AddSeconds(208));

        // The first ledger has nothing before it; a worker whose commit was not answered while MySQL was gone has the time from before.
        Assert.Equal([null, noon.AddSeconds(89), noon.AddSeconds(89)], Read(_folder).Where(e => e.Kind == LedgerKind.Start).Select(e => e.Since));

        void Start(DateTime at)
        {
            using LedgerWriter writer = new(_folder);
            writer.AppendStart(at);
        }
    }

    private static LedgerEntry Insert(long id) =>
        new() { Kind = LedgerKind.Insert, At = DateTime.UnixEpoch, OrderId = id, Status = "PENDING", Quantity = 1, Price = 1, UserId = 1, Symbol = "005930", OrderType = "BUY" };

    private static void Append(string folder, params long[] ids)
    {
        using LedgerWriter writer = new(folder);
        foreach (long id in ids)
            writer.Append(Insert(id));
    }

    private static long[] Ids(string folder) => [.. Read(folder).Select(e => e.OrderId)];

    private static List<LedgerEntry> Read(string folder)
    {
        List<LedgerEntry> entries = [];
        LedgerReader reader = new(folder);
        reader.ReadNewer(_ => { });
        while (reader.ReadOlder(entries.Add))
        {
        }

        entries.Reverse();
        return entries;
    }
}
