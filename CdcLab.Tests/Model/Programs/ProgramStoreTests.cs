using CdcLab.AppHost.Programs;

namespace CdcLab.Tests.Model.Programs;

[Trait("tier", "model")]
public sealed class ProgramStoreTests : IDisposable
{
    private readonly TestFolder _folder = new();

    [Fact]
    public void Wrong_homes_are_each_one_line_that_names_variable_and_value()
    {
        var faults = Store(_folder.Below("absent")).CheckHomes();
        Assert.Equal(2, faults.Count);
        Assert.Contains("MYSQL_HOME, " + _folder.Below("absent"), faults[0], StringComparison.Ordinal);
        Assert.Contains("KAFKA_HOME, " + _folder.Below("absent"), faults[1], StringComparison.Ordinal);
        Assert.Empty(Store(null).CheckHomes());
        _folder.Write("cache");
        Assert.Contains($"{_folder.Below("cache")} is no folder: set it", Assert.Single(Store(null).CheckHomes()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_who_ask_share_one_fetch_and_both_see_its_progress()
    {
        var content = KafkaTgz.Release();
        // Nothing is sent before both have asked: the second would find it fetched.
        TaskCompletionSource both = new();
        await using var server = RawHttpServer.OfFile(content, KafkaTgz.Sha512(content), both.Task);
        var store = Store(null, new Uri(server.Address, KafkaTgz.Name));
        Reports first = new();
        Reports second = new();
        Task<KafkaProgram>[] asked = [store.KafkaAsync(first, TestContext.Current.CancellationToken), store.KafkaAsync(second, TestContext.Current.CancellationToken)];
        both.SetResult();
        var found = await Task.WhenAll(asked);
        Assert.Same(found[0], found[1]);
        Assert.Equal(2, server.Requests.Count);
        Assert.Equal(first.All[^1], second.All[^1]);
    }

    [Fact]
    public async Task Fetch_that_all_have_left_is_cancelled_and_leaves_nothing()
    {
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        await using var server = new RawHttpServer(async (_, _, token) =>
        {
            await cancel.CancelAsync();
            await Task.Delay(Timeout.Infinite, token);
        });
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Store(null, new Uri(server.Address, KafkaTgz.Name)).KafkaAsync(new Reports(), cancel.Token));
        Assert.Empty(Directory.EnumerateDirectories(_folder.Below("cache")));
    }

    public void Dispose() => _folder.Dispose();

    private ProgramStore Store(string? homes, Uri? archive = null) => new(
        new ProgramOptions(KafkaSourceKind.Auto, archive ?? new Uri(KafkaArchive.DefaultUrl), null),
        name => name is "MYSQL_HOME" or "KAFKA_HOME" ? homes : null,
        new ProgramCache(_folder.Below("cache")));
}
