using CdcLab.Clients.Market;
using CdcLab.Model;
using CdcLab.Model.Live;
using CdcLab.Model.Options;
using CdcLab.Runtime.View;
using Xunit;

namespace CdcLab.Tests.Model.View;

/// <summary>What a dashboard shows of a lab.</summary>
[Trait("tier", "model")]
public sealed class LabViewTests
{
    [Fact]
    public void The_resources_stand_in_the_order_of_the_picture_with_the_brokers_in_their_cluster()
    {
        IReadOnlyList<ResourceView> views = LabView.Of(ShownLab.Healthy());
        Assert.Equal(["mysql", "zookeeper", "kafka", "kafka-1", "kafka-2", "kafka-3", "order-simulator", "verifier"], views.Select(v => v.Name));
        Assert.Equal(["kafka-1", "kafka-2", "kafka-3"], views.Where(v => v.Parent == "kafka").Select(v => v.Name));
        Assert.Equal(views.Select(v => v.CreatedAt).Order(), views.Select(v => v.CreatedAt));
        Assert.Equal(views.Count, views.Select(v => v.CreatedAt).Distinct().Count());
    }

    [Fact]
    public void Containers_have_Kafka_UI_a_volume_an_image_and_an_id()
    {
        LabModel model = ShownLab.ModelOf(LabRuntimeKind.Container, brokers: 1);
        LabSnapshot lab = ShownLab.Healthy(model).With("mysql", s => s with { Pid = null, ContainerId = "0123456789ab" }) with
        {
            Launches = new Dictionary<string, LaunchDetails>(StringComparer.Ordinal) { ["mysql"] = new() { Image = "mysql:8.0.36", Volume = "cdclab-mysql", Arguments = [new("--binlog-format=ROW")] } },
        };
        IReadOnlyList<ResourceView> views = LabView.Of(lab);
        Assert.Equal(["mysql", "zookeeper", "kafka", "kafka-1", "kafka-ui", "order-simulator", "verifier"], views.Select(v => v.Name));
        ResourceView mySql = views.Of("mysql");
        Assert.Equal("Container", mySql.Type);
        Assert.Equal(new VolumeView("cdclab-mysql", "data"), Assert.Single(mySql.Volumes));
        Assert.Equal(("mysql:8.0.36", "0123456789ab", "cdclab-mysql"), (Text(mySql, KnownProperties.Image), Text(mySql, KnownProperties.ContainerId), Text(mySql, "lab.volume")));
        Assert.Equal(["--binlog-format=ROW"], mySql.Properties.Single(p => p.Name == KnownProperties.ContainerArguments).List);
        Assert.Null(Text(mySql, KnownProperties.ProcessId));
        Assert.Equal("kafka", Assert.Single(views.Of("kafka-ui").Relationships, r => r.Type == RelationshipView.WaitFor).Resource);
    }

    [Fact]
    public void A_program_that_runs_through_its_own_loader_is_shown_and_the_loader_is_not()
    {
        LabSnapshot lab = ShownLab.Healthy() with
        {
            Launches = new Dictionary<string, LaunchDetails>(StringComparer.Ordinal)
            {
                ["mysql"] = new() { Program = "/p/lib/ld-linux-x86-64.so.2", Arguments = [new("--library-path"), new("/p/lib"), new("--argv0"), new("mysqld"), new("/p/usr/sbin/mysqld"), new("--port=21000")] },
            },
        };
        ResourceView view = LabView.Of(lab).Of("mysql");
        Assert.Equal("/p/usr/sbin/mysqld", Text(view, KnownProperties.Program));
        Assert.Equal(["--port=21000"], view.Properties.Single(p => p.Name == KnownProperties.Arguments).List);
    }

    [Theory]
    [InlineData(RunState.Waiting, "Waiting", null)]
    [InlineData(RunState.Starting, "Starting", null)]
    [InlineData(RunState.Running, "Running", null)]
    [InlineData(RunState.Paused, "Paused", "warning")]
    [InlineData(RunState.Stopping, "Stopping", null)]
    [InlineData(RunState.Stopped, "Finished", null)]
    [InlineData(RunState.Exited, "Exited", null)]
    [InlineData(RunState.Failed, "FailedToStart", null)]
    public void Every_state_has_its_name(RunState state, string name, string? style)
    {
        ResourceView view = LabView.Of(ShownLab.Healthy().With("kafka-1", s => s with { State = state, WaitsFor = state == RunState.Waiting ? ["zookeeper"] : [] })).Of("kafka-1");
        Assert.Equal((name, style), (view.State, view.StateStyle));
        Assert.Equal(state == RunState.Running, view.Health.Any(h => h.Key == "answers"));
    }

    [Theory]
    [InlineData(RunState.Stopped, null, 0, "Finished", false)]
    [InlineData(RunState.Stopped, null, 143, "Finished", false)]
    [InlineData(RunState.Stopped, null, 1, "Exited", true)]
    [InlineData(RunState.Stopped, "killed", 137, "Exited", true)]
    [InlineData(RunState.Exited, null, 137, "Exited", true)]
    [InlineData(RunState.Exited, null, 0, "Exited", true)]
    [InlineData(RunState.Failed, "no", 1, "FailedToStart", true)]
    public void How_something_ended_is_told_as_a_failure_only_where_it_was_one(RunState state, string? because, int code, string name, bool isKnownKey)
    {
        ResourceView view = LabView.Of(ShownLab.Healthy().With("zookeeper", s => s with { State = state, Because = because, ExitCode = code, EndedAt = ShownLab.Start.AddMinutes(2) })).Of("zookeeper");
        Assert.Equal(name, view.State);
        Assert.Equal(ShownLab.Start.AddMinutes(2), view.StoppedAt);
        Assert.Equal(code.ToString(), Text(view, isKnownKey ? KnownProperties.ExitCode : "lab.exitCode"));
        Assert.Null(Text(view, isKnownKey ? "lab.exitCode" : KnownProperties.ExitCode));
    }

    [Fact]
    public void What_it_waits_for_is_told_only_while_it_waits()
    {
        ResourceState waiting = new() { Name = "verifier", Kind = ResourceKind.Service, State = RunState.Waiting, WaitsFor = ["mysql", "kafka-1"] };
        Assert.Equal(["mysql", "kafka-1"], LabView.Of(ShownLab.Healthy().With("verifier", _ => waiting)).Of("verifier").Properties.Single(p => p.Name == KnownProperties.WaitingFor).List);
        Assert.DoesNotContain(LabView.Of(ShownLab.Healthy().With("verifier", s => s with { WaitsFor = ["mysql"] })).Of("verifier").Properties, p => p.Name == KnownProperties.WaitingFor);
    }

    [Fact]
    public void Before_its_first_server_is_there_everything_waits()
    {
        LabSnapshot empty = new() { Model = ShownLab.Model, StartedAt = ShownLab.Start };
        IReadOnlyList<ResourceView> views = LabView.Of(empty);
        Assert.Equal(8, views.Count);
        Assert.All(views, v => Assert.True(v.State is "Waiting" or "NotStarted", v.State));
        Assert.DoesNotContain(views.SelectMany(v => v.Health), h => h.Key != "brokers");
    }

    [Fact]
    public void A_service_that_runs_and_does_not_answer_is_unhealthy()
    {
        ResourceView view = LabView.Of(ShownLab.Healthy().With("mysql", s => s with { Answers = false })).Of("mysql");
        Assert.Equal(("Running", HealthView.Unhealthy), (view.State, Assert.Single(view.Health).Health));
        Assert.Empty(LabView.Of(ShownLab.Healthy().With("mysql", s => s with { Answers = null })).Of("mysql").Health);
    }

    [Theory]
    [InlineData(Outcome.Ok, HealthView.Healthy, "expected: ROW; found: STATEMENT")]
    [InlineData(Outcome.Failed, HealthView.Unhealthy, "expected: ROW; found: STATEMENT. Debezium reads rows. Fix: set binlog_format=ROW")]
    [InlineData(Outcome.Unknown, HealthView.Degraded, "could not look (expected: ROW). Debezium reads rows. Fix: set binlog_format=ROW")]
    public void Verdicts_are_health_of_the_resource_that_they_are_about(Outcome outcome, HealthView health, string words)
    {
        LabSnapshot lab = ShownLab.Healthy().With(ShownLab.Verdict("mysql.binlog_format", "mysql", outcome));
        HealthReportView report = Assert.Single(LabView.Of(lab).Of("mysql").Health, h => h.Key == "mysql.binlog_format");
        Assert.Equal((health, words, (DateTimeOffset?)ShownLab.Start.AddMinutes(1)), (report.Health, report.Description, report.At));
        Assert.DoesNotContain(LabView.Of(lab).Of("zookeeper").Health, h => h.Key == "mysql.binlog_format");
    }

    [Fact]
    public void Verdicts_on_the_cluster_are_the_clusters_and_what_is_about_no_resource_is_the_verifiers()
    {
        IReadOnlyList<ResourceView> views = LabView.Of(ShownLab.Healthy().With(
            ShownLab.Verdict("kafka.isr", "kafka", Outcome.Ok),
            ShownLab.Verdict("kafka-2.answers", "kafka-2", Outcome.Ok),
            ShownLab.Verdict("memory", "lab", Outcome.Ok)));
        Assert.Contains(views.Of("kafka").Health, h => h.Key == "kafka.isr");
        Assert.Contains(views.Of("kafka-2").Health, h => h.Key == "kafka-2.answers");
        Assert.Contains(views.Of("verifier").Health, h => h.Key == "memory");
    }

    [Theory]
    [InlineData(RunState.Stopped)]
    [InlineData(RunState.Exited)]
    [InlineData(RunState.Paused)]
    [InlineData(RunState.Stopping)]
    public void A_verifier_that_is_gone_takes_its_reports_with_it(RunState state)
    {
        LabSnapshot lab = ShownLab.Healthy().With(ShownLab.Verdict("mysql.binlog_format", "mysql", Outcome.Failed)).With("verifier", s => s with { State = state, Answers = null });
        Assert.DoesNotContain(LabView.Of(lab).SelectMany(v => v.Health), h => h.Key == "mysql.binlog_format");
    }

    [Fact]
    public void A_broker_that_is_gone_makes_the_cluster_unhealthy_with_the_reason_whatever_the_verdicts_say()
    {
        LabSnapshot lab = ShownLab.Healthy().With(ShownLab.Verdict("kafka.brokers", "kafka", Outcome.Ok)).With("kafka-2", ShownLab.Killed);
        ResourceView cluster = LabView.Of(lab).Of("kafka");
        HealthReportView report = Assert.Single(cluster.Health, h => h.Key == "brokers");
        Assert.Equal(("Running", HealthView.Unhealthy, "2 of 3 brokers run: kafka-2 does not run: it was killed (exit code 137)"), (cluster.State, report.Health, report.Description));

        report = Assert.Single(LabView.Of(lab.With("kafka-1", s => s with { State = RunState.Exited, ExitCode = 1 })).Of("kafka").Health, h => h.Key == "brokers");
        Assert.Equal(
            "1 of 3 brokers run: kafka-1 does not run: it ended by itself with exit code 1; kafka-2 does not run: it was killed (exit code 137). That is fewer than min.insync.replicas (2): writes with acks=all are refused.",
            report.Description);
    }

    [Theory]
    [InlineData(RunState.Running, "Running")]
    [InlineData(RunState.Starting, "Starting")]
    [InlineData(RunState.Waiting, "Waiting")]
    [InlineData(RunState.Stopping, "Stopping")]
    [InlineData(RunState.Stopped, "Finished")]
    [InlineData(RunState.Exited, "Exited")]
    [InlineData(RunState.Failed, "FailedToStart")]
    [InlineData(RunState.Paused, "Running")]
    public void The_state_of_the_cluster_is_its_brokers(RunState state, string name)
    {
        LabSnapshot lab = ShownLab.Healthy();
        foreach (KafkaBroker broker in lab.Model.Kafka.Brokers)
            lab = lab.With(broker.Name, s => s with { State = state, Answers = state == RunState.Running ? true : null });
        ResourceView cluster = LabView.Of(lab).Of("kafka");
        Assert.Equal(name, cluster.State);
        Assert.Equal(state == RunState.Running ? HealthView.Healthy : HealthView.Unhealthy, Assert.Single(cluster.Health).Health);
    }

    [Fact]
    public void Secrets_are_never_shown_even_where_whoever_launched_it_forgot_to_take_them_out()
    {
        LabSnapshot lab = ShownLab.Healthy() with
        {
            Launches = new Dictionary<string, LaunchDetails>(StringComparer.Ordinal)
            {
                ["mysql"] = new() { Program = "/opt/mysqld", Environment = [new("MYSQL_ROOT_PASSWORD", "hush", true), new("TZ", "UTC")], Arguments = [new("--password=hush", true), new("--port=21000")] },
            },
        };
        ResourceView view = LabView.Of(lab).Of("mysql");
        Assert.Equal([new("MYSQL_ROOT_PASSWORD", LaunchDetails.Masked, true), new("TZ", "UTC")], view.Environment);
        Assert.Equal([LaunchDetails.Masked, "--port=21000"], view.Properties.Single(p => p.Name == KnownProperties.Arguments).List);
        Assert.DoesNotContain("hush", System.Text.Json.JsonSerializer.Serialize(view), StringComparison.Ordinal);
    }

    [Fact]
    public void Addresses_are_those_that_clients_use_so_that_a_trace_names_its_peer()
    {
        IReadOnlyList<ResourceView> views = LabView.Of(ShownLab.Healthy());
        Assert.Equal(["tcp://127.0.0.1:21000/", "jdbc:mysql://127.0.0.1:21000/cdclab"], views.Of("mysql").Urls.Select(u => u.Address.OriginalString));
        Assert.Equal(["tcp://lab.example:21012", "tcp://127.0.0.1:21022"], views.Of("kafka-2").Urls.Select(u => u.Address.OriginalString));
        Assert.Equal("bootstrap lab.example:21011,lab.example:21012,lab.example:21013", Assert.Single(views.Of("kafka").Urls).DisplayName);
        Assert.Equal("http://127.0.0.1:21003/v1/report.md", views.Of("verifier").Urls[0].Address.OriginalString);

        // One host and port at one resource only: a peer with two names has none.
        IEnumerable<string> servers = views.SelectMany(v => v.Urls.Where(u => u.Address.Port > 0).Select(u => u.Address.Authority).Distinct());
        Assert.Equal(servers.Count(), servers.Distinct().Count());
    }

    [Fact]
    public void Both_listeners_memory_version_and_data_are_told()
    {
        LabSnapshot lab = ShownLab.Healthy() with { Launches = new Dictionary<string, LaunchDetails>(StringComparer.Ordinal) { ["kafka-1"] = new() { Program = "/usr/bin/java", DataFolder = "/data/kafka-1" } } };
        ResourceView view = LabView.Of(lab).Of("kafka-1");
        Assert.Equal(
            ("600 MiB (78 % of its cap)", "100 MiB", "700 MiB", "768 MiB, enforced"),
            (Text(view, "memory.used"), Text(view, "memory.cached"), Text(view, "memory.peak"), Text(view, "memory.cap")));
        Assert.Equal(("127.0.0.1:21011", "127.0.0.1:21021"), (Text(view, "port.EXTERNAL"), Text(view, "port.INTERNAL")));
        Assert.Equal(("1.2.3", "/data/kafka-1", "4711"), (Text(view, "lab.version"), Text(view, "lab.dataFolder"), Text(view, KnownProperties.ProcessId)));
        Assert.Equal("768 MiB, NOT enforced", Text(LabView.Of(ShownLab.Healthy().With("kafka-1", s => s with { Memory = s.Memory! with { CapEnforced = false } })).Of("kafka-1"), "memory.cap"));
        Assert.Null(Text(LabView.Of(ShownLab.Healthy().With("kafka-1", s => s with { Memory = new(null, null, 768L << 20, null, null, true) })).Of("kafka-1"), "memory.used"));
    }

    [Fact]
    public void The_relationships_read_as_the_picture()
    {
        IReadOnlyList<ResourceView> views = LabView.Of(ShownLab.Healthy());
        Assert.Contains(new("kafka", RelationshipView.Parent), views.Of("kafka-1").Relationships);
        Assert.Contains(new("zookeeper", RelationshipView.WaitFor), views.Of("kafka-1").Relationships);
        Assert.Contains(new("zookeeper", RelationshipView.Reference), views.Of("kafka").Relationships);
        Assert.Contains(new("mysql", RelationshipView.Reference), views.Of("order-simulator").Relationships);
        Assert.Equal(["kafka", "mysql", "order-simulator", "zookeeper"], views.Of("verifier").Relationships.Where(r => r.Type == RelationshipView.Reference).Select(r => r.Resource).Order());
        HashSet<string> names = [.. views.Select(v => v.Name)];
        Assert.All(views.SelectMany(v => v.Relationships), r => Assert.Contains(r.Resource, names));
    }

    [Fact]
    public void What_is_not_possible_here_is_a_property_and_no_health()
    {
        LabSnapshot lab = ShownLab.Healthy() with { Abilities = ShownLab.Abilities with { NotPossibleHere = [new("memory.caps", "no cgroup"), new("kafka.admin_api", "too old")] } };
        IReadOnlyList<ResourceView> views = LabView.Of(lab);
        Assert.Equal("no cgroup", Text(views.Of("verifier"), "notpossible.memory.caps"));
        Assert.Equal("too old", Text(views.Of("kafka"), "notpossible.kafka.admin_api"));
        Assert.All(views.SelectMany(v => v.Health), h => Assert.Equal(HealthView.Healthy, h.Health));
    }

    [Fact]
    public void The_market_is_told_at_the_simulator()
    {
        ResourceView view = LabView.Of(ShownLab.Healthy() with { Market = Market(paused: false) }).Of("order-simulator");
        Assert.Equal(("12 orders a second", "1,234"), (Text(view, "market.state"), Text(view, "market.orders")));
        Assert.Equal("paused", Text(LabView.Of(ShownLab.Healthy() with { Market = Market(paused: true) }).Of("order-simulator"), "market.state"));
        Assert.Null(Text(LabView.Of(ShownLab.Healthy()).Of("order-simulator"), "market.state"));
    }

    [Fact]
    public void Whatever_servers_write_is_shown_as_text_that_can_be_sent()
    {
        string nasty = "\u0000\u001b[2J<script>\ud800" + new string('x', 100_000);
        LabSnapshot lab = ShownLab.Healthy().With("mysql", s => s with { State = RunState.Exited, ExitCode = 1, Because = nasty, Version = nasty, LastLines = [nasty] })
            .With(ShownLab.Verdict(nasty, "mysql", Outcome.Failed, nasty)) with
        { Launches = new Dictionary<string, LaunchDetails>(StringComparer.Ordinal) { ["mysql"] = new() { Program = nasty, Environment = [new(nasty, nasty), new("", "x"), new(nasty, "twice")] } } };
        Assert.Empty(ViewRules.Faults(LabView.Of(lab).Of("mysql")));
    }

    private static string? Text(ResourceView view, string property) => view.Properties.SingleOrDefault(p => p.Name == property)?.Text;

    private static MarketState Market(bool paused) => Markets.Of("12", paused);
}
