using System.Diagnostics;
using CdcLab.Clients.Control;
using CdcLab.Model.Live;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Xunit;

namespace CdcLab.Tests.Model.Clients;

/// <summary>Against a stand-in that keeps the contract, on a real socket: a lease is a connection.</summary>
[Trait("tier", "model")]
public sealed class ControlClientTests : IAsyncLifetime
{
    private static readonly ResourceState Broker = new() { Name = "kafka-1", Kind = ResourceKind.Server, State = RunState.Running, Pid = 7, Memory = new(1, 2, 3, 4, 0, true) };

    private readonly TaskCompletionSource _leaseClosed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<string> _asked = [];
    private WebApplication _host = null!;
    private ControlClient _client = null!;

    public async ValueTask InitializeAsync()
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        _host = builder.Build();
        _host.Use(async (context, next) =>
        {
            _asked.Add($"{context.Request.Method} {context.Request.Path}{context.Request.QueryString}");
            if (context.Request.Headers.Authorization != "Bearer secret")
                await Refuse(401, "the token is wrong").ExecuteAsync(context);
            else
                await next(context);
        });
        _host.MapGet("/v1/resources", () => Results.Json(new[] { Broker }, LabJson.Options));
        _host.MapGet("/v1/resources/{name}/log", (string name, int lines) => Results.Json(new[] { name, $"{lines}" }, LabJson.Options));
        _host.MapPost("/v1/resources/kafka-1/{command}", () => Results.Json(Broker with { State = RunState.Stopped }, LabJson.Options));
        _host.MapPost("/v1/resources/kafka-9/{command}", () => Refuse(404, "There is no kafka-9; there are mysql, zookeeper."));
        _host.MapPost("/v1/leases", LeaseAsync);
        await _host.StartAsync();
        _client = new(new Uri(_host.Urls.First()), "secret");
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _host.DisposeAsync();
    }

    [Fact]
    public async Task List_and_log_are_read()
    {
        CancellationToken stop = TestContext.Current.CancellationToken;

        Assert.Equal(Broker.Memory, Assert.Single(await _client.ListAsync(stop)).Memory);
        Assert.Equal(["kafka-1", "20"], await _client.LogAsync("kafka-1", 20, stop));
    }

    [Theory]
    [InlineData(ServerCommand.Start, "start")]
    [InlineData(ServerCommand.Stop, "stop")]
    [InlineData(ServerCommand.Kill, "kill")]
    [InlineData(ServerCommand.Pause, "pause")]
    [InlineData(ServerCommand.Resume, "resume")]
    public async Task Command_is_sent_by_its_word(ServerCommand command, string word)
    {
        Assert.Equal(RunState.Stopped, (await _client.CommandAsync("kafka-1", command, TestContext.Current.CancellationToken)).State);
        Assert.Contains($"POST /v1/resources/kafka-1/{word}", _asked);
    }

    [Fact]
    public async Task Refusal_is_told_in_the_hosts_words()
    {
        ControlException refused = await Assert.ThrowsAsync<ControlException>(() => _client.CommandAsync("kafka-9", ServerCommand.Stop, TestContext.Current.CancellationToken));

        Assert.Equal("There is no kafka-9; there are mysql, zookeeper.", refused.Message);
    }

    [Fact]
    public async Task Wrong_token_is_told()
    {
        using ControlClient stranger = new(new Uri(_host.Urls.First()), "guessed");

        Assert.Equal("the token is wrong", (await Assert.ThrowsAsync<ControlException>(() => stranger.ListAsync(TestContext.Current.CancellationToken))).Message);
    }

    [Fact]
    public async Task Host_that_is_gone_is_told()
    {
        await _host.StopAsync(TestContext.Current.CancellationToken);

        Assert.Contains("does not answer", (await Assert.ThrowsAsync<ControlException>(() => _client.ListAsync(TestContext.Current.CancellationToken))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Lease_is_open_until_it_is_disposed_of_and_then_closed_at_once()
    {
        FaultLease lease = await _client.TakeLeaseAsync("kafka-1", ServerCommand.Kill, TestContext.Current.CancellationToken);
        Assert.Equal("kafka-1", lease.Resource);
        Assert.False(_leaseClosed.Task.IsCompleted);

        long closed = Stopwatch.GetTimestamp();
        await lease.DisposeAsync();
        await _leaseClosed.Task.WaitAsync(TimeSpan.FromSeconds(5), TestContext.Current.CancellationToken);

        Assert.True(Stopwatch.GetElapsedTime(closed) < TimeSpan.FromSeconds(1.5), "The connection was held open.");
    }

    [Fact]
    public async Task Lease_that_is_refused_is_told() =>
        Assert.Equal("zookeeper does not run.", (await Assert.ThrowsAsync<ControlException>(() => _client.TakeLeaseAsync("zookeeper", ServerCommand.Kill, TestContext.Current.CancellationToken))).Message);

    [Fact]
    public async Task Lease_that_ends_before_the_fault_is_in_effect_is_told() =>
        Assert.Contains("before the fault was in effect", (await Assert.ThrowsAsync<ControlException>(() => _client.TakeLeaseAsync("mysql", ServerCommand.Kill, TestContext.Current.CancellationToken))).Message, StringComparison.Ordinal);

    private static IResult Refuse(int status, string error) => Results.Json(new { error }, statusCode: status);

    private async Task LeaseAsync(HttpContext context)
    {
        LeaseRequest asked = (await context.Request.ReadFromJsonAsync<LeaseRequest>())!;
        if (asked.Resource == "zookeeper")
        {
            await Refuse(409, "zookeeper does not run.").ExecuteAsync(context);
            return;
        }

        await context.Response.StartAsync();
        if (asked is not { Resource: "kafka-1", Fault: "kill" })
            return;
        await context.Response.WriteAsync("{\"granted\": true}\n");
        await context.Response.Body.FlushAsync();
        using CancellationTokenRegistration closed = context.RequestAborted.Register(_leaseClosed.SetResult);
        await Task.Delay(Timeout.InfiniteTimeSpan, context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private sealed record LeaseRequest(string Resource, string Fault);
}
