using CdcLab.Model;
using CdcLab.Model.Live;
using CdcLab.Model.Options;
using CdcLab.Runtime.Standalone.Dashboard;
using CdcLab.Runtime.Standalone.Dashboard.Wire;
using CdcLab.Runtime.View;
using CdcLab.Tests.Model.View;
using Google.Protobuf;
using Xunit;

namespace CdcLab.Tests.Model.Dashboard;

/// <summary>The messages that the dashboard gets, held to what it takes.</summary>
[Trait("tier", "model")]
public sealed class ResourceMappingTests
{
    private static readonly LabSnapshot Busy = ShownLab.Healthy().With(ShownLab.Verdict("mysql.binlog_format", "mysql", Outcome.Failed)) with
    {
        Launches = new Dictionary<string, LaunchDetails>(StringComparer.Ordinal) { ["kafka-1"] = new() { Program = "/usr/bin/java", Arguments = [new("-Xmx512m"), new("kafka.Kafka")], Environment = [new("TZ", "UTC")] } },
    };

    public static TheoryData<LabRuntimeKind, RunState> States { get; } = [.. from runtime in new[] { LabRuntimeKind.Embedded, LabRuntimeKind.Container } from state in Enum.GetValues<RunState>() select (runtime, state)];

    [Theory]
    [MemberData(nameof(States))]
    public void Whatever_state_a_lab_is_in_all_of_it_can_be_sent(LabRuntimeKind runtime, RunState state)
    {
        LabModel model = ShownLab.ModelOf(runtime);
        foreach (bool? answers in new bool?[] { null, true, false })
        {
            foreach (int? code in new int?[] { null, 0, 1, 137, 143 })
            {
                LabSnapshot lab = ShownLab.Healthy(model) with { Market = Markets.Of("max", true) };
                foreach (LabResource resource in model.Resources)
                    lab = lab.With(resource.Name, s => s with { State = state, Answers = answers, ExitCode = code, WaitsFor = resource.WaitsFor, OomKilled = code == 137, LastLines = ["one", "two"] });
                Resource[] sent = [.. LabView.Of(lab).Select(ResourceMapping.ToWire)];
                Assert.Equal(sent.Length, sent.Select(r => r.Uid).Distinct().Count());
                Assert.All(sent, Judge);
            }
        }
    }

    [Fact]
    public void A_resource_says_all_that_is_known_of_it()
    {
        Resource broker = ResourceMapping.ToWire(LabView.Of(Busy).Of("kafka-1"));
        Assert.Equal(("kafka-1", "Executable", "kafka-1", "kafka-1", "Running"), (broker.Name, broker.ResourceType, broker.DisplayName, broker.Uid, broker.State));
        Assert.False(broker.HasStateStyle);
        Assert.Equal(ShownLab.Start, broker.StartedAt.ToDateTimeOffset());
        Assert.Null(broker.StoppedAt);
        Assert.Equal(("TZ", "UTC", true), (broker.Environment[0].Name, broker.Environment[0].Value, broker.Environment[0].IsFromSpec));
        Assert.Equal("kafka", Property(broker, KnownProperties.Parent).Value.StringValue);
        Assert.Equal(["-Xmx512m", "kafka.Kafka"], Property(broker, KnownProperties.Arguments).Value.ListValue.Values.Select(v => v.StringValue));
        Assert.Contains(broker.Relationships, r => (r.ResourceName, r.Type) == ("kafka", "Parent"));
        Assert.Equal(HealthStatus.Healthy, Assert.Single(broker.HealthReports).Status);
        ResourceCommand kill = broker.Commands.Single(c => c.Name == "kill");
        Assert.Equal((ResourceCommandState.Enabled, true), (kill.State, kill.HasConfirmationMessage));
        Assert.Equal(ResourceCommandState.Hidden, broker.Commands.Single(c => c.Name == "start").State);

        Resource mySql = ResourceMapping.ToWire(LabView.Of(Busy).Of("mysql"));
        Assert.Equal([HealthStatus.Healthy, HealthStatus.Unhealthy], mySql.HealthReports.Select(h => h.Status));
        Assert.True(ResourceMapping.ToWire(LabView.Of(Busy).Of("verifier")).SupportsDetailedTelemetry);
        Assert.False(mySql.SupportsDetailedTelemetry);
    }

    [Fact]
    public void A_resource_that_no_message_could_hold_is_refused()
    {
        ResourceView huge = LabView.Of(Busy).Of("mysql") with { Environment = [.. Enumerable.Range(0, 200).Select(i => new LaunchVariable($"V{i}", new string('x', 4_000)))] };
        Assert.Contains("bytes of a message", Assert.Throws<MalformedResourceException>(() => ResourceMapping.ToWire(huge)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Only_what_is_other_than_it_was_is_sent_again()
    {
        ResourceChanges changes = new(_ => { });
        Assert.Equal(8, changes.Next(LabView.Of(Busy))!.InitialData.Resources.Count);
        Assert.Null(changes.Next(LabView.Of(Busy)));
        WatchResourcesUpdate update = changes.Next(LabView.Of(Busy.With("kafka-2", ShownLab.Killed)))!;
        Assert.Equal(["kafka", "kafka-1", "kafka-2", "kafka-3"], update.Changes.Value.Select(c => c.Upsert.Name));
        Assert.Equal("mysql", Assert.Single(changes.Next([.. LabView.Of(Busy.With("kafka-2", ShownLab.Killed)).Skip(1)])!.Changes.Value).Delete.ResourceName);
    }

    // What the dashboard needs, asked of the message itself: from the bytes, as it reads them.
    private static void Judge(Resource sent)
    {
        Resource read = Resource.Parser.ParseFrom(sent.ToByteArray());
        Assert.Equal(sent, read);
        Assert.All([read.Name, read.ResourceType, read.DisplayName, read.Uid, read.IconName], Assert.NotEmpty);
        Assert.NotNull(read.CreatedAt);
        Assert.All(read.Properties, p => Assert.True(p.Name.Length > 0 && p.Value is not null && p.HasDisplayName && p.HasSortOrder));
        Assert.All(read.Urls, u => Assert.True(Uri.TryCreate(u.FullUrl, UriKind.Absolute, out _) && u.DisplayProperties is not null, u.FullUrl));
        Assert.All(read.HealthReports, h => Assert.True(h.HasStatus && Enum.IsDefined(h.Status)));
        Assert.All(read.Commands, c => Assert.True(c.Name.Length > 0 && c.DisplayName.Length > 0 && Enum.IsDefined(c.State) && Enum.IsDefined(c.IconVariant)));
        Assert.True(read.State != "Running" || !read.HasStateStyle);
        Assert.DoesNotContain(read.Properties, p => p.Name.StartsWith("terminal.", StringComparison.Ordinal));
    }

    private static ResourceProperty Property(Resource resource, string name) => resource.Properties.Single(p => p.Name == name);
}
