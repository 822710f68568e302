using System.Text;
using CdcLab.Clients.Kafka;
using CdcLab.Model;
using CdcLab.Model.Live;
using CdcLab.Model.Options;
using CdcLab.Runtime.Engine;
using CdcLab.Verifier.Checks;
using CdcLab.Verifier.Sources;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace CdcLab.Tests.Model.Engine;

/// <summary>INTERNAL as it is seen from inside the lab's network, and what a container writes.</summary>
[Trait("tier", "model")]
public sealed class InsideTests
{
    private static readonly LabModel Picture = LabModel.From(new LabOptions(), LabPorts.From(0), LabRuntimeKind.Container);

    // Correlation id, one broker: id 1, "kafka-1", 29092; no topics.
    private const string OneBroker = "43444331" + "00000001" + "00000001" + "0007" + "6b61666b612d31" + "000071a4" + "00000000";

    [Fact]
    public void An_answer_is_what_the_broker_tells_its_clients()
    {
        ListenerAnswer answer = InternalListeners.Read(Picture.Kafka.Brokers[0], ["kafka-2 ", $"kafka-1 {OneBroker}"]);

        Assert.Equal("kafka-1:29092", Assert.Single(answer.Told!).Address);
    }

    [Theory]
    [InlineData("kafka-1 ", "kafka-1:29092 does not answer")]
    [InlineData("kafka-1 4344", "does not answer as a Kafka broker does")]
    [InlineData("kafka-1 not hexadecimal", "does not answer as a Kafka broker does")]
    [InlineData("bash: no such file", "kafka-1 was not asked: bash: no such file")]
    public void What_is_no_answer_says_why(string line, string expected)
    {
        ListenerAnswer answer = InternalListeners.Read(Picture.Kafka.Brokers[0], [line]);

        Assert.Null(answer.Told);
        Assert.Contains(expected, answer.WhyNot, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_check_judges_what_was_seen_inside()
    {
        AdvertisedBroker[] right = [.. Picture.Kafka.Brokers.Select(b => new AdvertisedBroker(b.Id, b.Name, 29092))];
        AdvertisedBroker[] wrong = [.. right.Select(b => b with { Host = "localhost" })];

        Assert.Equal(Outcome.Ok, await JudgeAsync([.. Picture.Kafka.Brokers.Select(b => new ListenerAnswer(b.Name, right, null))]));
        Assert.Equal(Outcome.Failed, await JudgeAsync([.. Picture.Kafka.Brokers.Select(b => new ListenerAnswer(b.Name, wrong, null))]));
        Assert.Equal(Outcome.Unknown, await JudgeAsync([.. Picture.Kafka.Brokers.Select(b => new ListenerAnswer(b.Name, null, "silent"))]));
        Assert.Equal(Outcome.Unknown, await JudgeAsync([]));
    }

    [Fact]
    public async Task A_good_look_serves_for_a_minute_and_a_bad_one_for_seconds()
    {
        int looks = 0;
        bool good = false;
        FakeTimeProvider time = new();
        InsideSource source = new(
            _ =>
            {
                looks++;
                return Task.FromResult<IReadOnlyList<ListenerAnswer>>([good ? new("kafka-1", [new(1, "kafka-1", 29092)], null) : new("kafka-1", null, "silent")]);
            },
            time);

        await SeeAsync(source);
        good = true;
        time.Advance(TimeSpan.FromSeconds(6));
        await UntilAsync(source, a => a[0].Told is not null);
        Assert.Equal(2, looks);
        time.Advance(TimeSpan.FromSeconds(30));
        await SeeAsync(source);
        Assert.Equal(2, looks);
    }

    [Fact]
    public void Lines_of_a_container_carry_its_time_and_arrive_whole()
    {
        List<LogLine> lines = [];
        using ContainerEngine engine = ContainerEngine.Find();
        ContainerLog log = new(engine, "none", lines.Add);

        log.Take("2026-11-25T13:00:00.123456789Z first"u8, isError: false);
        log.Take("2026-11-25T13:00:01Z from the other\n"u8, isError: true);
        log.Take(Encoding.UTF8.GetBytes(" line, 한국어\r\n"), isError: false);

        Assert.Equal(["from the other", "first line, 한국어"], lines.Select(l => l.Text));
        Assert.Equal([true, false], lines.Select(l => l.IsError));
        Assert.Equal(new DateTimeOffset(2026, 11, 25, 13, 0, 1, TimeSpan.Zero), lines[0].At);
        Assert.Equal(13, lines[1].At.Hour);
    }

    private static async Task<Outcome> JudgeAsync(IReadOnlyList<ListenerAnswer> seen)
    {
        KafkaListenersCheck check = KafkaListenersCheck.Internal(Picture, new InsideSource(_ => Task.FromResult(seen), TimeProvider.System));
        return Assert.Single(await check.LookAsync(TestContext.Current.CancellationToken)).Outcome;
    }

    private static Task<IReadOnlyList<ListenerAnswer>> SeeAsync(InsideSource source) => source.SeeAsync(TestContext.Current.CancellationToken);

    private static async Task UntilAsync(InsideSource source, Func<IReadOnlyList<ListenerAnswer>, bool> isThere)
    {
        await Lab.Deadline.WaitAsync(TimeSpan.FromSeconds(10), () => SeeAsync(source), isThere, "the new look");
    }
}
