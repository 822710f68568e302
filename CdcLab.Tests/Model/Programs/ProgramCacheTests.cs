using CdcLab.AppHost.Programs;

namespace CdcLab.Tests.Model.Programs;

[Trait("tier", "model")]
public sealed class ProgramCacheTests : IDisposable
{
    private const string Part = "thing";

    private readonly TestFolder _folder = new();
    private readonly Reports _reports = new();
    private int _fetches;

    [Theory]
    [InlineData("/x", "/home/me", "/x/cdclab")]
    [InlineData("relative/x", "/home/me", "/home/me/.cache/cdclab")]
    [InlineData("", "/home/me", "/home/me/.cache/cdclab")]
    [InlineData(null, "/home/me", "/home/me/.cache/cdclab")]
    public void Root_follows_the_XDG_specification(string? xdg, string home, string root)
        => Assert.Equal(root, ProgramCache.OfUser(name => name switch { "XDG_CACHE_HOME" => xdg, "HOME" => home, _ => null }).Root);

    [Fact]
    public async Task Part_is_fetched_once()
    {
        var first = await GetAsync();
        var second = await GetAsync();
        Assert.Equal(_folder.Below("cache", "thing-1.2-3"), first.Folder);
        Assert.Equal(first.Folder, second.Folder);
        Assert.Equal(new Version(1, 2), second.Manifest.Number);
        Assert.Equal("a test", second.Manifest.Origin);
        Assert.Equal(1, _fetches);
    }

    [Fact]
    public async Task Newest_of_several_versions_is_used()
    {
        await GetAsync("9.2");
        await GetAsync("9.10", manifest => manifest.Version == "9.10");
        await GetAsync("8.4", manifest => manifest.Version == "8.4");
        Assert.Equal("9.10", (await GetAsync()).Manifest.Version);
        Assert.Equal(3, _fetches);
    }

    [Fact]
    public async Task Other_part_whose_name_begins_alike_is_not_taken()
    {
        await Cache.GetAsync("thing-else", _ => true, (work, _) => Fetch(work, "1"), _reports.For("thing-else"), TestContext.Current.CancellationToken);
        Assert.Null(Cache.Find(Part, _ => true));
    }

    [Theory]
    [InlineData("lost")]
    [InlineData("cut")]
    [InlineData("manifest")]
    public async Task Damaged_part_is_fetched_again(string damage)
    {
        var part = await GetAsync();
        var file = Path.Combine(part.Folder, "below", "file");
        if (damage == "lost")
            File.Delete(file);
        else
            await File.WriteAllTextAsync(damage == "cut" ? file : Path.Combine(part.Folder, PartManifest.FileName), "{", TestContext.Current.CancellationToken);
        Assert.Equal(part.Folder, (await GetAsync()).Folder);
        Assert.Equal("content", await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken));
        Assert.Equal(2, _fetches);
        AssertNothingTemporary();
    }

    [Fact]
    public async Task Two_starts_at_once_fetch_once_and_the_second_says_that_it_waits()
    {
        var entered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var waiting = new WaitFor(_reports, report => report.Step == "waiting for another start");
        var first = Cache.GetAsync(
            Part,
            _ => true,
            async (work, token) =>
            {
                entered.SetResult();
                await waiting.Seen.WaitAsync(TimeSpan.FromSeconds(20), token);
                return await Fetch(work, "1.2-3");
            },
            _reports.For(Part),
            TestContext.Current.CancellationToken);
        await entered.Task;
        // Another process has a cache object of its own.
        var second = new ProgramCache(Cache.Root).GetAsync(
            Part, _ => true, (work, _) => Fetch(work, "1.2-3"), new PartProgress(Part, waiting), TestContext.Current.CancellationToken);
        Assert.Equal((await first).Folder, (await second).Folder);
        Assert.Equal(1, _fetches);
    }

    [Fact]
    public async Task Start_that_waits_too_long_gives_a_clear_error()
    {
        Directory.CreateDirectory(Cache.Root);
        using var held = new FileStream(Path.Combine(Cache.Root, ".thing.lock"), FileMode.Create, FileAccess.ReadWrite, FileShare.None);
        var cache = new ProgramCache(Cache.Root) { LockDeadline = TimeSpan.Zero };
        var fault = await Assert.ThrowsAsync<ProgramUnavailableException>(
            () => cache.GetAsync(Part, _ => true, (work, _) => Fetch(work, "1"), _reports.For(Part), TestContext.Current.CancellationToken));
        Assert.Contains("Another start", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Fetch_that_fails_leaves_nothing()
    {
        await Assert.ThrowsAsync<ProgramUnavailableException>(() => Cache.GetAsync(
            Part,
            _ => true,
            async (work, _) =>
            {
                await Fetch(work, "1");
                throw new ProgramUnavailableException("no");
            },
            _reports.For(Part),
            TestContext.Current.CancellationToken));
        AssertNothingTemporary();
        Assert.Null(Cache.Find(Part, _ => true));
    }

    [Fact]
    public async Task Fetch_that_is_cancelled_leaves_nothing()
    {
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Cache.GetAsync(
            Part,
            _ => true,
            async (work, token) =>
            {
                await Fetch(work, "1");
                await cancel.CancelAsync();
                token.ThrowIfCancellationRequested();
                throw new InvalidOperationException("not reached");
            },
            _reports.For(Part),
            cancel.Token));
        AssertNothingTemporary();
    }

    [Fact]
    public async Task Leftovers_of_a_dead_fetch_are_removed_and_nothing_else()
    {
        _folder.Write("cache/.thing.fetching-dead/tree/file");
        _folder.Write("cache/.other.fetching-alive/tree/file");
        _folder.Write("cache/somebody/file");
        await GetAsync();
        Assert.False(Directory.Exists(_folder.Below("cache", ".thing.fetching-dead")));
        Assert.True(File.Exists(_folder.Below("cache", ".other.fetching-alive", "tree", "file")));
        Assert.True(File.Exists(_folder.Below("cache", "somebody", "file")));
    }

    [Fact]
    public async Task Cache_that_cannot_be_written_gives_one_line_that_names_the_variable()
    {
        // A file in the place of the folder: root may write anywhere else.
        _folder.Write("cache");
        var fault = await Assert.ThrowsAsync<ProgramUnavailableException>(() => GetAsync());
        Assert.Contains("XDG_CACHE_HOME", fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', fault.Message);
    }

    [Fact]
    public async Task Part_that_is_there_is_found_without_writing_anything()
    {
        await GetAsync();
        File.Delete(_folder.Below("cache", ".thing.lock"));
        await GetAsync();
        Assert.Equal(["thing-1.2-3"], Directory.EnumerateFileSystemEntries(Cache.Root).Select(entry => Path.GetFileName(entry)));
    }

    public void Dispose() => _folder.Dispose();

    private ProgramCache Cache => new(_folder.Below("cache"));

    private Task<CachedPart> GetAsync(string version = "1.2-3", Func<PartManifest, bool>? accepts = null)
        => Cache.GetAsync(Part, accepts ?? (_ => true), (work, _) => Fetch(work, version), _reports.For(Part), TestContext.Current.CancellationToken);

    private async Task<FetchedPart> Fetch(string work, string version)
    {
        Interlocked.Increment(ref _fetches);
        var tree = Path.Combine(work, "tree");
        Directory.CreateDirectory(Path.Combine(tree, "below"));
        await File.WriteAllTextAsync(Path.Combine(tree, "below", "file"), "content", TestContext.Current.CancellationToken);
        return new FetchedPart(tree, version, "a test", ["one", "two"]);
    }

    private void AssertNothingTemporary()
        => Assert.DoesNotContain(Directory.EnumerateDirectories(Cache.Root), folder => Path.GetFileName(folder).StartsWith('.'));

    private sealed class WaitFor(IProgress<FetchProgress> next, Predicate<FetchProgress> condition) : IProgress<FetchProgress>
    {
        private readonly TaskCompletionSource _seen = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Seen => _seen.Task;

        public void Report(FetchProgress value)
        {
            next.Report(value);
            if (condition(value))
                _seen.TrySetResult();
        }
    }
}
