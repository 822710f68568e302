using System.Diagnostics;
using CdcLab.Runtime.Standalone.Cleaning;
using CdcLab.Runtime.Standalone.Fetching;
using CdcLab.Tests.Model.Fetching;
using Xunit;

namespace CdcLab.Tests.Model.Cleaning;

/// <summary>What cleaning takes out of the cache, and what it leaves.</summary>
[Trait("tier", "model")]
public sealed class CacheCleaningTests : IDisposable
{
    private readonly TestFolder _folder = new();
    private readonly PartsCache _cache;

    public CacheCleaningTests() => _cache = new(_folder.Below("cache"));

    [Fact]
    public async Task Parts_also_damaged_ones_and_work_folders_of_killed_fetches_go_and_strangers_stay()
    {
        string part = await PartAsync("thing", "1.2");
        string damaged = await PartAsync("other", "3");
        File.Delete(Path.Combine(damaged, "file"));
        _folder.Write("cache/.thing.fetching-0123/half", "half");
        string theirs = _folder.Write("cache/thing-theirs/file", "theirs");
        string behind = _folder.Write("elsewhere/file", "theirs");
        Directory.CreateSymbolicLink(_folder.Below("cache", "thing-9"), Path.GetDirectoryName(behind)!);

        IReadOnlyList<FoundItem> kept = await new CacheCleaning(_cache).RunAsync(CancellationToken.None);
        Assert.False(Directory.Exists(part));
        Assert.False(Directory.Exists(damaged));
        Assert.False(Directory.Exists(_folder.Below("cache", ".thing.fetching-0123")));
        Assert.True(File.Exists(theirs));
        Assert.True(File.Exists(behind));
        Assert.Equal(["thing-9", "thing-theirs"], kept.Select(k => Path.GetFileName(k.Path)));
    }

    [Fact]
    public async Task Part_that_is_being_fetched_stays()
    {
        string part = await PartAsync("thing", "1.2");
        using PartLock? fetching = PartLock.TryAcquire(_cache.LockPath("thing"));
        FoundItem kept = Assert.Single(await new CacheCleaning(_cache).RunAsync(CancellationToken.None));
        Assert.Equal("being fetched", kept.WhyKept);
        Assert.True(Directory.Exists(part));
    }

    [Fact]
    public async Task Part_that_a_process_uses_stays()
    {
        string part = await PartAsync("thing", "1.2");
        string program = Path.Combine(part, "sleep");
        File.Copy("/bin/sleep", program);
        using Process user = Process.Start(program, "60");
        try
        {
            FoundItem kept = Assert.Single(await new CacheCleaning(_cache).RunAsync(CancellationToken.None));
            Assert.Equal($"in use by process {user.Id}", kept.WhyKept);
        }
        finally
        {
            user.Kill();
            await user.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        Assert.Empty(await new CacheCleaning(_cache).RunAsync(CancellationToken.None));
        Assert.False(Directory.Exists(part));
    }

    [Fact]
    public async Task Looking_changes_nothing()
    {
        await PartAsync("thing", "1.2");
        string[] before = Directory.GetFileSystemEntries(_folder.Path, "*", SearchOption.AllDirectories);
        Assert.Null(Assert.Single(await new CacheCleaning(_cache).FindAsync(CancellationToken.None)).WhyKept);
        Assert.Equal(before, Directory.GetFileSystemEntries(_folder.Path, "*", SearchOption.AllDirectories));
    }

    public void Dispose() => _folder.Dispose();

    private async Task<string> PartAsync(string part, string version)
    {
        string folder = Path.GetDirectoryName(_folder.Write($"cache/{part}-{version}/file", "text"))!;
        await PartManifest.WriteAsync(folder, part, new FetchedPart(folder, version, "a test", []), CancellationToken.None);
        return folder;
    }
}
