using CdcLab.Runtime.Standalone.Cleaning;
using CdcLab.Runtime.Standalone.Data;
using CdcLab.Runtime.Standalone.Fetching;
using CdcLab.Tests.Model.Fetching;
using Xunit;

namespace CdcLab.Tests.Model.Cleaning;

/// <summary>What a reset takes, and above all what it leaves.</summary>
[Trait("tier", "model")]
public sealed class DataResetTests : IDisposable
{
    private readonly TestFolder _folder = new();

    [Fact]
    public async Task Lab_is_deleted_whole_with_its_folder()
    {
        DataReset reset = new(Lab());
        IReadOnlyList<FoundItem> found = await reset.FindAsync(CancellationToken.None);
        Assert.Equal(["mysql", "secrets.json", "stamp.json"], found.Select(f => Path.GetFileName(f.Path)));
        Assert.All(found, f => Assert.Null(f.WhyKept));
        Assert.Equal(5, found[0].Bytes);

        await reset.RunAsync(CancellationToken.None);
        Assert.False(Directory.Exists(_folder.Below("lab")));
    }

    [Fact]
    public async Task What_a_lab_does_not_make_stays_also_behind_links()
    {
        DataDirectory lab = Lab();
        string notes = _folder.Write("lab/notes.txt", "mine");
        string kafkaTen = _folder.Write("lab/kafka-10/x", "mine");
        string behind = _folder.Write("elsewhere/x", "mine");
        Directory.CreateSymbolicLink(_folder.Below("lab", "logs"), _folder.Below("elsewhere"));

        await new DataReset(lab).RunAsync(CancellationToken.None);
        Assert.All([notes, kafkaTen, behind], f => Assert.Equal("mine", File.ReadAllText(f)));
        Assert.Equal(["kafka-10", "notes.txt"], Directory.EnumerateFileSystemEntries(lab.Path).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Folder_without_a_stamp_is_not_touched()
    {
        string file = _folder.Write("lab/mysql/ibdata1", "mine");
        await RefusedAsync(new DataDirectory(_folder.Below("lab")), "no stamp.json");
        Assert.True(File.Exists(file));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("""{"runtime":"theirs"}""")]
    public async Task Stamp_of_somebody_else_is_no_stamp(string stamp)
    {
        DataDirectory lab = Lab();
        await File.WriteAllTextAsync(lab.StampPath, stamp, TestContext.Current.CancellationToken);
        await RefusedAsync(lab, "stamp.json");
        Assert.True(File.Exists(_folder.Below("lab", "mysql", "ibdata1")));
    }

    [Fact]
    public async Task Lab_that_runs_is_not_touched()
    {
        DataDirectory lab = Lab();
        using DataDirectoryLock? running = DataDirectoryLock.TryTake(lab);
        await Assert.ThrowsAsync<UnavailableException>(() => new DataReset(lab).RunAsync(CancellationToken.None));
        Assert.True(File.Exists(_folder.Below("lab", "mysql", "ibdata1")));
    }

    [Theory]
    [InlineData("/")]
    [InlineData("home")]
    [InlineData("above home")]
    public async Task Home_is_never_a_labs_folder_whatever_is_in_it(string where)
    {
        string home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        string path = where switch { "/" => "/", "home" => home, _ => Path.GetDirectoryName(home)! };
        await RefusedAsync(new DataDirectory(path), "no folder of a lab's own");
    }

    [Theory]
    [InlineData("home")]
    [InlineData("above home")]
    public async Task Home_is_no_labs_folder_by_way_of_a_link_either(string where)
    {
        string home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        string link = _folder.Below("link");
        Directory.CreateSymbolicLink(link, where == "home" ? home : Path.GetDirectoryName(home)!);
        await RefusedAsync(new DataDirectory(link), "no folder of a lab's own");
        Assert.True(Directory.Exists(link));
    }

    [Fact]
    public async Task Stamp_that_somebody_put_beside_his_own_data_gives_no_right_to_it()
    {
        DataDirectory lab = new(_folder.Below("lab"));
        string file = _folder.Write("lab/logs/x", "mine");
        await File.WriteAllTextAsync(lab.StampPath, """{"runtime":"embedded"}""", TestContext.Current.CancellationToken);
        await RefusedAsync(lab, "a lab did not make it");
        Assert.True(File.Exists(file));
    }

    [Fact]
    public async Task Lab_whose_secrets_are_lost_can_be_reset()
    {
        DataDirectory lab = Lab();
        File.Delete(lab.SecretsPath);
        new Stamp { Runtime = "embedded", MySqlSeries = "9.7" }.Write(lab);
        await new DataReset(lab).RunAsync(CancellationToken.None);
        Assert.False(Directory.Exists(lab.Path));
    }

    [Fact]
    public async Task Nothing_is_found_where_there_is_nothing() =>
        Assert.Empty(await new DataReset(new(_folder.Below("nothing"))).FindAsync(CancellationToken.None));

    public void Dispose() => _folder.Dispose();

    private static async Task RefusedAsync(DataDirectory directory, string why)
    {
        DataReset reset = new(directory);
        foreach (Func<Task> tried in (Func<Task>[])[() => reset.FindAsync(CancellationToken.None), () => reset.RunAsync(CancellationToken.None)])
            Assert.Contains(why, (await Assert.ThrowsAsync<UnavailableException>(tried)).Message, StringComparison.Ordinal);
    }

    private DataDirectory Lab()
    {
        DataDirectory directory = new(_folder.Below("lab"));
        _folder.Write("lab/mysql/ibdata1", "12345");
        _folder.Write("lab/secrets.json", "{}");
        new Stamp { Runtime = "embedded" }.Write(directory);
        return directory;
    }
}
