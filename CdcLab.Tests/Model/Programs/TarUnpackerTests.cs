using CdcLab.AppHost.Programs;

namespace CdcLab.Tests.Model.Programs;

[Trait("tier", "model")]
public sealed class TarUnpackerTests : IDisposable
{
    private readonly TestFolder _folder = new();
    private readonly Reports _reports = new();

    [Fact]
    public async Task Archive_lands_in_the_folder_without_its_own_folders_name()
    {
        await UnpackAsync(KafkaTgz.Release());
        Assert.Equal(
            ["bin/kafka-topics.sh", "libs/kafka_2.13-3.5.2.jar", "libs/zookeeper-3.6.4.jar"],
            Directory.EnumerateFiles(Tree, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(Tree, file)).Order(StringComparer.Ordinal));
        Assert.Contains(_reports.All, report => report is { Step: "unpacking", TotalBytes: null, Percent: null });
    }

    [Theory]
    [InlineData("kafka/../../outside")]
    [InlineData("../outside")]
    [InlineData("kafka/libs/../../../outside")]
    [InlineData("loose-file")]
    public async Task Entry_outside_the_one_folder_is_refused(string name)
    {
        Exception? fault = await Record.ExceptionAsync(() => UnpackAsync(KafkaTgz.Of(KafkaTgz.File(name))));
        Assert.True(fault is IOException or InvalidDataException, fault?.ToString());
        Assert.Empty(Directory.EnumerateFiles(_folder.Path, "outside", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task Archive_cut_short_is_refused()
    {
        var whole = KafkaTgz.Release();
        foreach (var length in (int[])[1, 100, whole.Length / 2, whole.Length - 20])
        {
            using var folder = new TestFolder();
            var archive = folder.Below("cut.tgz");
            await File.WriteAllBytesAsync(archive, whole[..length], TestContext.Current.CancellationToken);
            await Assert.ThrowsAsync<InvalidDataException>(
                () => TarUnpacker.UnpackAsync(archive, folder.Below("tree"), _reports.For("kafka"), TestContext.Current.CancellationToken));
        }
    }

    [Fact]
    public Task File_that_is_no_archive_is_refused()
        => Assert.ThrowsAsync<InvalidDataException>(() => UnpackAsync("<html>not found</html>"u8.ToArray()));

    public void Dispose() => _folder.Dispose();

    private string Tree => _folder.Below("tree");

    private async Task UnpackAsync(byte[] content)
    {
        var archive = _folder.Below("archive.tgz");
        await File.WriteAllBytesAsync(archive, content, TestContext.Current.CancellationToken);
        await TarUnpacker.UnpackAsync(archive, Tree, _reports.For("kafka"), TestContext.Current.CancellationToken);
    }
}
