using CdcLab.AppHost.Drills;
using Microsoft.Extensions.Time.Testing;

namespace CdcLab.Tests.Model.Drills;

[Trait("tier", "model")]
public sealed class MemoryRecorderTests
{
    [Fact]
    public async Task What_cannot_be_read_has_no_sample_and_the_cap_stands_once()
    {
        FakeTimeProvider time = new();
        (string, MemoryFigures)[]?[] looks =
        [
            [("mysql", Used(10, 100)), ("kafka-1", Used(5, null))],
            null,
            [("mysql", Used(null, 100))],
            [("mysql", Used(12, null))],
        ];
        int turn = 0;
        using SemaphoreSlim looked = new(0);
        MemoryRecorder recorder = new(
            () =>
            {
                looked.Release();
                return looks[Math.Min(turn++, looks.Length - 1)] ?? throw new IOException("It has just ended.");
            },
            time);
        await looked.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        for (int i = 1; i < looks.Length; i++)
        {
            while (!await looked.WaitAsync(50, TestContext.Current.CancellationToken))
                time.Advance(TimeSpan.FromSeconds(1));
        }

        await recorder.DisposeAsync();

        Assert.Equal([("kafka-1", null), ("mysql", 100L)], recorder.Recorded.Select(r => (r.Resource, r.CapBytes)));
        Assert.Equal([5], recorder.Recorded[0].Samples.Select(s => s.Bytes));
        Assert.Equal(10, recorder.Recorded[1].Samples[0].Bytes);
        Assert.All(recorder.Recorded[1].Samples.Skip(1), s => Assert.True(s is { Bytes: 12, Seconds: >= 1 }));
    }

    private static MemoryFigures Used(long? used, long? cap) => new(used, null, null, cap, null);
}
