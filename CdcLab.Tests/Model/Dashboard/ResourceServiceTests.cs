using System.Diagnostics;
using CdcLab.Model;
using CdcLab.Model.Live;
using CdcLab.Runtime;
using CdcLab.Runtime.Standalone.Dashboard;
using CdcLab.Runtime.Standalone.Dashboard.Wire;
using CdcLab.Tests.Lab;
using CdcLab.Tests.Model.View;
using Grpc.Core;
using Xunit;

namespace CdcLab.Tests.Model.Dashboard;

/// <summary>The resource service over a real connection: keys, resources, changes, commands.</summary>
[Trait("tier", "model")]
public sealed class ResourceServiceTests
{
    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("the-ke")]
    [InlineData("the-key2")]
    [InlineData("THE-KEY")]
    public async Task Without_the_right_key_nothing_is_shown_and_nothing_is_done(string? key)
    {
        await using ServiceUnderTest service = await ServiceUnderTest.StartAsync();
        Metadata headers = key is null ? [] : new() { { ResourceServiceHost.KeyHeader, key } };
        CallOptions options = new(headers, cancellationToken: TestContext.Current.CancellationToken);
        CancellationToken end = TestContext.Current.CancellationToken;

        await RefusedAsync(() => service.Client.GetApplicationInformationAsync(new(), options).ResponseAsync);
        await RefusedAsync(() => service.Client.WatchResources(new(), options).ResponseStream.MoveNext(end));
        await RefusedAsync(() => service.Client.WatchResourceConsoleLogs(new() { ResourceName = ResourceNames.MySql }, options).ResponseStream.MoveNext(end));
        await RefusedAsync(() => service.Client.WatchInteractions(options).ResponseStream.MoveNext(end));
        await RefusedAsync(() => service.Client.ExecuteResourceCommandAsync(new() { CommandName = "kill", ResourceName = "kafka-1" }, options).ResponseAsync);
        Assert.Empty(service.Control.Asked);
        Assert.False(service.Host.Streams.IsOpen);
    }

    [Fact]
    public async Task It_listens_on_loopback_only_and_says_where()
    {
        await using ServiceUnderTest service = await ServiceUnderTest.StartAsync();
        Assert.Equal("127.0.0.1", service.Host.Url.Host);
        Assert.Equal("http", service.Host.Url.Scheme);
        Assert.NotEqual(0, service.Host.Url.Port);
        ApplicationInformationResponse about = await service.Client.GetApplicationInformationAsync(new(), service.Options());
        Assert.Equal("CdcLab", about.ApplicationName);
    }

    [Fact]
    public async Task All_resources_come_first_in_the_order_of_the_picture()
    {
        await using ServiceUnderTest service = await ServiceUnderTest.StartAsync();
        using WatchedResources watched = new(service);
        await watched.UntilAsync(_ => true, "the first message");
        Assert.Equal(["mysql", "zookeeper", "kafka", "kafka-1", "kafka-2", "kafka-3", "order-simulator", "verifier"], watched.First);
        Assert.Equal("kafka", watched.Property("kafka-2", "resource.parentName"));
    }

    [Fact]
    public async Task A_change_of_state_is_told_at_once_and_the_cluster_is_unhealthy_with_the_reason()
    {
        await using ServiceUnderTest service = await ServiceUnderTest.StartAsync();
        using WatchedResources watched = new(service);
        await watched.UntilAsync(w => w.Now["kafka"].HealthReports.All(h => h.Status == HealthStatus.Healthy), "a healthy cluster");

        service.Control.Change("kafka-2", ShownLab.Killed);
        await watched.UntilAsync(w => w.Now["kafka-2"].State == "Exited", "kafka-2 exited");
        await watched.UntilAsync(w => w.Now["kafka"].HealthReports.Any(h => h.Status == HealthStatus.Unhealthy && h.Description.Contains("kafka-2 does not run", StringComparison.Ordinal)), "the cluster unhealthy");

        service.Control.Change("kafka-2", _ => ShownLab.Running("kafka-2"));
        await watched.UntilAsync(w => w.Now["kafka-2"].State == "Running" && w.Now["kafka"].HealthReports.All(h => h.Status == HealthStatus.Healthy), "all healthy again");
        Assert.Empty(service.Said);
    }

    [Fact]
    public async Task Memory_is_looked_at_again_and_again_and_only_while_somebody_watches()
    {
        await using ServiceUnderTest service = await ServiceUnderTest.StartAsync();
        using (WatchedResources watched = new(service))
        {
            await watched.UntilAsync(w => w.Property("mysql", "memory.used").StartsWith("600 MiB", StringComparison.Ordinal), "the first figure");
            service.Control.ChangeSilently("mysql", s => s with { Memory = s.Memory! with { UsedBytes = 640L << 20 } });
            await watched.UntilAsync(w => w.Property("mysql", "memory.used").StartsWith("640 MiB", StringComparison.Ordinal), "the next figure");
        }

        await Deadline.WaitAsync(TimeSpan.FromSeconds(20), () => Task.FromResult(service.Host.Streams.IsOpen), open => !open, "the stream to be gone");
        int before = service.Control.Listings;
        await Deadline.WaitAsync(TimeSpan.FromSeconds(20), () => Task.FromResult(service.Host.Streams.AbsentFor), absent => absent > TimeSpan.FromSeconds(3), "three seconds without a reader");
        Assert.InRange(service.Control.Listings, before, before + 1);
    }

    [Fact]
    public async Task Servers_that_come_later_are_shown_as_not_started_and_then_as_they_are()
    {
        await using ServiceUnderTest service = await ServiceUnderTest.StartAsync(states: []);
        using WatchedResources watched = new(service);
        await watched.UntilAsync(w => w.Now["mysql"].State == "NotStarted" && w.Now["kafka-1"].State == "Waiting", "servers that wait");
        service.Control.Add(ShownLab.Running(ResourceNames.MySql));
        await watched.UntilAsync(w => w.Now["mysql"].State == "Running", "mysql to run");
    }

    [Fact]
    public async Task Whether_somebody_watches_and_since_when_nobody_does_is_told()
    {
        await using ServiceUnderTest service = await ServiceUnderTest.StartAsync();
        WatchStreams streams = service.Host.Streams;
        Assert.Equal((false, null), (streams.IsOpen, streams.AbsentFor));
        using (WatchedResources watched = new(service))
        {
            await watched.UntilAsync(_ => true, "the first message");
            Assert.Equal((true, null), (streams.IsOpen, streams.AbsentFor));
        }

        await Deadline.WaitAsync(TimeSpan.FromSeconds(20), () => Task.FromResult(streams.AbsentFor), absent => absent is not null, "the stream to be absent");
        Assert.False(streams.IsOpen);
        streams.Forget();
        Assert.Null(streams.AbsentFor);
    }

    [Fact]
    public async Task A_reader_that_comes_again_gets_all_of_it_again()
    {
        await using ServiceUnderTest service = await ServiceUnderTest.StartAsync();
        for (int i = 0; i < 5; i++)
        {
            using WatchedResources watched = new(service);
            await watched.UntilAsync(_ => true, "the first message");
            Assert.Equal(8, watched.First.Count);
        }
    }

    [Fact]
    public async Task A_slow_reader_is_told_what_is_so_now_not_all_that_was()
    {
        await using ServiceUnderTest service = await ServiceUnderTest.StartAsync();
        using WatchedResources slow = new(service);
        await slow.UntilAsync(_ => true, "the first message");
        string padding = new('x', 4_000);
        for (int i = 0; i < 5_000; i++)
            service.Control.Change("mysql", s => s with { Because = $"{i} {padding}" });
        service.Control.Change("mysql", s => s with { Because = "at last" });
        await slow.UntilAsync(w => w.Property("mysql", "lab.because") == "at last", "the last state");
    }

    [Fact]
    public async Task A_resource_that_would_freeze_the_page_is_left_out_and_one_line_says_so()
    {
        await using ServiceUnderTest service = await ServiceUnderTest.StartAsync();
        using WatchedResources watched = new(service);
        await watched.UntilAsync(_ => true, "the first message");
        service.Control.Change("zookeeper", s => s with { StartedAt = DateTimeOffset.MinValue });
        await watched.UntilAsync(w => !w.Now.ContainsKey("zookeeper"), "the resource to be gone");
        service.Control.Change("mysql", ShownLab.Killed);
        await watched.UntilAsync(w => w.Now["mysql"].State == "Exited", "the others to go on");
        Assert.Contains("zookeeper is not shown", Assert.Single(service.Said), StringComparison.Ordinal);
        service.Control.Change("zookeeper", s => s with { StartedAt = ShownLab.Start });
        await watched.UntilAsync(w => w.Now.ContainsKey("zookeeper"), "the resource to be back");
    }

    [Fact]
    public async Task The_stream_of_questions_stays_open_and_is_silent()
    {
        await using ServiceUnderTest service = await ServiceUnderTest.StartAsync();
        using AsyncDuplexStreamingCall<WatchInteractionsRequestUpdate, WatchInteractionsResponseUpdate> call = service.Client.WatchInteractions(service.Options());
        await call.RequestStream.WriteAsync(new() { InteractionId = 1, Complete = new() }, TestContext.Current.CancellationToken);
        Task<bool> answer = call.ResponseStream.MoveNext(TestContext.Current.CancellationToken);
        await call.ResponseHeadersAsync;
        Assert.False(answer.IsCompleted);
    }

    [Fact]
    public async Task When_the_host_stops_every_stream_ends_and_nothing_waits()
    {
        ServiceUnderTest service = await ServiceUnderTest.StartAsync();
        WatchedResources watched = new(service);
        await watched.UntilAsync(_ => true, "the first message");
        AsyncServerStreamingCall<WatchResourceConsoleLogsUpdate> log = service.Client.WatchResourceConsoleLogs(new() { ResourceName = "kafka" }, service.Options());
        Task<bool> end = log.ResponseStream.MoveNext(TestContext.Current.CancellationToken);
        long start = Stopwatch.GetTimestamp();
        await service.Host.DisposeAsync();
        Assert.True(Stopwatch.GetElapsedTime(start) < TimeSpan.FromSeconds(20));
        try
        {
            Assert.False(await end);
        }
        catch (RpcException cut)
        {
            // The connection may go before the stream's end is read.
            Assert.NotEqual(StatusCode.OK, cut.StatusCode);
        }

        watched.Dispose();
        service.Control.Dispose();
    }

    [Fact]
    public async Task A_command_is_carried_out_and_answered_with_what_is_so_now()
    {
        await using ServiceUnderTest service = await ServiceUnderTest.StartAsync();
        service.Control.OnCommand = (name, _) => ShownLab.Killed(ShownLab.Running(name));
        ResourceCommandResponse answer = await CommandAsync(service, "kafka-2", "kill");
        Assert.Equal((ResourceCommandResponseKind.Succeeded, "kafka-2 was killed (exit code 137)."), (answer.Kind, answer.Message));
        Assert.Equal(("kafka-2", ServerCommand.Kill), Assert.Single(service.Control.Asked));
    }

    [Theory]
    [InlineData("kafka-2", "start", "makes no sense now")]
    [InlineData("kafka-2", "resume", "makes no sense now")]
    [InlineData("kafka-2", "explode", "no command 'explode'")]
    [InlineData("kafka", "kill", "no command 'kill'")]
    [InlineData("nothing", "kill", "no command 'kill'")]
    [InlineData("", "", "no command ''")]
    [InlineData("order-simulator", "pause-market", "makes no sense now")]
    public async Task A_command_that_makes_no_sense_is_refused_in_words(string resource, string command, string words)
    {
        await using ServiceUnderTest service = await ServiceUnderTest.StartAsync();
        ResourceCommandResponse answer = await CommandAsync(service, resource, command);
        Assert.Equal(ResourceCommandResponseKind.Failed, answer.Kind);
        Assert.Contains(words, answer.Message, StringComparison.Ordinal);
        Assert.Empty(service.Control.Asked);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_command_that_fails_is_told_in_words_never_as_a_failed_call(bool expected)
    {
        await using ServiceUnderTest service = await ServiceUnderTest.StartAsync();
        service.Control.OnCommand = (_, _) => throw (expected ? new LabControlException("It would not go.") : new InvalidOperationException("It would not go."));
        ResourceCommandResponse answer = await CommandAsync(service, "mysql", "stop");
        Assert.Equal(ResourceCommandResponseKind.Failed, answer.Kind);
        Assert.Contains("It would not go.", answer.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_result_to_read_is_shown_at_once_and_holds_no_password()
    {
        await using ServiceUnderTest service = await ServiceUnderTest.StartAsync();
        ResourceCommandResponse answer = await CommandAsync(service, "mysql", "sql-prompt");
        Assert.Equal(ResourceCommandResponseKind.Succeeded, answer.Kind);
        Assert.Equal((ResourceCommandResultFormat.Markdown, true), (answer.Result.Format, answer.Result.DisplayImmediately));
        Assert.Contains("mysql --host=127.0.0.1 --port=21000 --user=debezium --password", answer.Result.Value, StringComparison.Ordinal);
        Assert.DoesNotContain("MYSQL_PWD", answer.Result.Value, StringComparison.Ordinal);
    }

    private static async Task<ResourceCommandResponse> CommandAsync(ServiceUnderTest service, string resource, string command) =>
        await service.Client.ExecuteResourceCommandAsync(new() { ResourceName = resource, CommandName = command }, service.Options());

    private static async Task RefusedAsync(Func<Task> call) => Assert.Equal(StatusCode.Unauthenticated, (await Assert.ThrowsAsync<RpcException>(call)).StatusCode);
}
