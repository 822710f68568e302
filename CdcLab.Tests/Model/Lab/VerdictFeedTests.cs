using CdcLab.AppHost.Lab;

namespace CdcLab.Tests.Model.Lab;

[Trait("tier", "model")]
public sealed class VerdictFeedTests
{
    [Fact]
    public async Task Turn_that_fails_is_told_once_and_does_not_end_the_loop()
    {
        Queue<Exception?> turns = new([new IOException("no docker"), new IOException("no docker"), new InvalidOperationException("odd"), new OperationCanceledException("too slow"), null, new IOException("no docker")]);
        List<string> told = [];
        using CancellationTokenSource stop = new(TimeSpan.FromSeconds(20));

        Task loop = VerdictFeed.RepeatAsync(
            _ =>
            {
                if (turns.TryDequeue(out Exception? failure))
                    return failure is null ? Task.CompletedTask : Task.FromException(failure);
                stop.Cancel();
                return Task.CompletedTask;
            },
            TimeSpan.FromMilliseconds(5), told.Add, TimeProvider.System, stop.Token);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => loop);
        Assert.Empty(turns);
        Assert.Equal(["no docker", "odd", "too slow", "no docker"], told);
    }
}
