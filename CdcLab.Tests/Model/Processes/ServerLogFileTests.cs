using CdcLab.AppHost.Processes;

namespace CdcLab.Tests.Model.Processes;

public sealed class ServerLogFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("cdclab-log-").FullName;

    private string File1 => Path.Combine(_folder, "logs", "mysql.log");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Secrets_and_line_breaks_inside_a_line_are_not_written()
    {
        using ServerLogFile log = new(File1, ["", "geheim", "geheim-lang"]);
        log.Append(["user root, password geheim-lang", "one\nforged", "geheim"]);

        string[] expected = ["user root, password ***", "one forged", "***"];
        Assert.Equal(expected, log.Tail(10));
        Assert.Equal(expected, File.ReadAllLines(File1));
        Assert.Equal(["***"], log.Tail(1));
    }

    [Fact]
    public void The_files_stay_under_the_cap_and_the_newest_lines_are_kept()
    {
        const long cap = 20_000;
        using (ServerLogFile log = new(File1, [], cap))
        {
            for (int i = 0; i < 2000; i++)
                log.Append([$"line {i:D6} ....................."]);
        }

        long size = new DirectoryInfo(Path.GetDirectoryName(File1)!).EnumerateFiles().Sum(f => f.Length);
        Assert.InRange(size, cap / 3, cap + 200);
        Assert.Equal(2, Directory.GetFiles(Path.GetDirectoryName(File1)!).Length);
        string[] kept = [.. File.ReadLines(File1 + ".1"), .. File.Exists(File1) ? File.ReadLines(File1) : []];
        Assert.StartsWith("line 001999", kept[^1], StringComparison.Ordinal);
        Assert.Equal(kept.Order(StringComparer.Ordinal), kept);
    }

    [Fact]
    public void A_later_run_appends_and_an_endless_line_is_cut()
    {
        using (ServerLogFile log = new(File1, []))
            log.Append(["first"]);
        using (ServerLogFile log = new(File1, []))
            log.Append([new string('x', 20_000)]);

        string[] lines = File.ReadAllLines(File1);
        Assert.Equal("first", lines[0]);
        Assert.EndsWith(" ... (3616 more characters are cut off)", lines[1], StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_cannot_be_written_keeps_the_lines_in_memory_and_says_why()
    {
        Directory.CreateDirectory(File1);
        using ServerLogFile log = new(File1, []);
        log.Append(["still here"]);

        Assert.Equal(["still here"], log.Tail(5));
        Assert.NotNull(log.WriteFailure);
    }
}
