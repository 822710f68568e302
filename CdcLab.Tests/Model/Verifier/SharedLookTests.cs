using CdcLab.Verifier.Sources;
using Microsoft.Extensions.Time.Testing;

namespace CdcLab.Tests.Model.Verifier;

[Trait("tier", "model")]
public sealed class SharedLookTests
{
    private readonly FakeTimeProvider _time = new();
    private int _looks;

    [Fact]
    public async Task Those_who_ask_together_share_one_look_and_later_ones_get_another()
    {
        SharedLook<string> shared = new(_ => Task.FromResult($"look {Interlocked.Increment(ref _looks)}"), TimeSpan.FromSeconds(2), _time);

        string[] seen = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => shared.SeeAsync(TestContext.Current.CancellationToken)));
        _time.Advance(TimeSpan.FromSeconds(5));
        string later = await shared.SeeAsync(TestContext.Current.CancellationToken);

        Assert.All(seen, s => Assert.Equal("look 1", s));
        Assert.Equal("look 2", later);
    }

    [Fact]
    public async Task Failure_is_shared_and_not_kept()
    {
        SharedLook<string> shared = new(_ => Interlocked.Increment(ref _looks) == 1 ? throw new IOException("gone") : Task.FromResult("back"), TimeSpan.FromSeconds(2), _time);

        await Assert.ThrowsAsync<IOException>(() => shared.SeeAsync(TestContext.Current.CancellationToken));
        await Assert.ThrowsAsync<IOException>(() => shared.SeeAsync(TestContext.Current.CancellationToken));
        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal("back", await shared.SeeAsync(TestContext.Current.CancellationToken));
        Assert.Equal(2, _looks);
    }

    [Fact]
    public async Task One_asker_that_gives_up_does_not_end_the_look_of_the_others()
    {
        TaskCompletionSource<string> answer = new();
        SharedLook<string> shared = new(_ => answer.Task, TimeSpan.FromSeconds(2), _time);
        using CancellationTokenSource impatient = new();

        Task<string> given = shared.SeeAsync(impatient.Token);
        Task<string> waited = shared.SeeAsync(TestContext.Current.CancellationToken);
        await impatient.CancelAsync();
        answer.SetResult("seen");

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => given);
        Assert.Equal("seen", await waited);
    }

    [Fact]
    public async Task Last_is_what_was_seen_until_that_is_too_old()
    {
        SharedLook<string> shared = new(_ => Task.FromResult("seen"), TimeSpan.FromSeconds(2), _time);
        Assert.Null(shared.Last(TimeSpan.FromSeconds(10)));
        await shared.SeeAsync(TestContext.Current.CancellationToken);

        _time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal("seen", shared.Last(TimeSpan.FromSeconds(10)));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Null(shared.Last(TimeSpan.FromSeconds(10)));
    }
}
