using System.Collections.Concurrent;
using System.Net;
using CdcLab.Clients.Market;
using CdcLab.Model;
using CdcLab.Model.Live;
using CdcLab.Model.Options;
using CdcLab.Runtime.Standalone.Dashboard.Wire;
using CdcLab.Tests.Model.View;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace CdcLab.Tests.Model.Dashboard;

/// <summary>What the verifier and the simulator say, on its way to the dashboard, and what they are told. Both are one server here, with their addresses and shapes.</summary>
[Trait("tier", "model")]
public sealed class ServicesOfLabTests : IAsyncLifetime
{
    private readonly ConcurrentQueue<string> _asked = new();
    private WebApplication _services = null!;
    private LabModel _model = null!;
    private volatile Verdict[] _verdicts = [ShownLab.Verdict("mysql.binlog_format", "mysql", Outcome.Ok)];
    private volatile string _rate = "20";
    private volatile bool _paused;

    public async ValueTask InitializeAsync()
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(k => k.Listen(IPAddress.Loopback, 0));
        builder.Services.AddRoutingCore();
        _services = builder.Build();
        _services.MapGet("/v1/report", (HttpContext context) => context.Response.WriteAsJsonAsync(Report(), LabJson.Options));
        _services.MapGet("/v1/report.md", (HttpContext context) => context.Response.WriteAsync("# The report"));
        _services.MapPost("/v1/verify", (HttpContext context) => ChangeAsync(context, "verify", Report()));
        _services.MapGet("/v1/market", (HttpContext context) => context.Response.WriteAsJsonAsync(Markets.Of(_rate, _paused), LabJson.Options));
        _services.MapPost("/v1/market/{what}", async (HttpContext context, string what) =>
        {
            if (what == "rate")
                _rate = (await context.Request.ReadFromJsonAsync<MarketRateRequest>(LabJson.Options))!.OrdersPerSecond;
            else
                _paused = what == "pause";
            await ChangeAsync(context, what, Markets.Of(_rate, _paused));
        });
        await _services.StartAsync(TestContext.Current.CancellationToken);
        int port = new Uri(_services.Urls.First()).Port;
        _model = LabModel.From(new() { PortBase = 21000 }, LabPorts.From(21000) with { Verifier = port, Simulator = port }, LabRuntimeKind.Embedded);
    }

    public async ValueTask DisposeAsync() => await _services.DisposeAsync();

    [Fact]
    public async Task Verdicts_are_shown_as_the_verifier_publishes_them_and_go_with_it()
    {
        await using ServiceUnderTest service = await ServiceUnderTest.StartAsync(_model);
        using WatchedResources watched = new(service);
        await watched.UntilAsync(w => Status(w) == HealthStatus.Healthy, "the verdict");
        _verdicts = [ShownLab.Verdict("mysql.binlog_format", "mysql", Outcome.Failed)];
        await watched.UntilAsync(w => Status(w) == HealthStatus.Unhealthy, "the failed verdict");
        _verdicts = [ShownLab.Verdict("mysql.binlog_format", "mysql", Outcome.Unknown)];
        await watched.UntilAsync(w => Status(w) == HealthStatus.Degraded, "the verdict of who could not look");
        await _services.StopAsync(TestContext.Current.CancellationToken);
        await watched.UntilAsync(w => Status(w) is null, "the verdicts to be gone");
        Assert.Empty(service.Said);
    }

    [Fact]
    public async Task The_market_is_shown_and_told()
    {
        await using ServiceUnderTest service = await ServiceUnderTest.StartAsync(_model);
        using WatchedResources watched = new(service);
        await watched.UntilAsync(w => w.Property("order-simulator", "market.state") == "20 orders a second", "the market");
        Assert.Equal("The market trades at 40 orders a second.", (await CommandAsync(service, "order-simulator", "rate-double")).Message);
        Assert.Equal("The market trades at 20 orders a second.", (await CommandAsync(service, "order-simulator", "rate-halve")).Message);
        Assert.StartsWith("The market is paused", (await CommandAsync(service, "order-simulator", "pause-market")).Message, StringComparison.Ordinal);
        await watched.UntilAsync(w => w.Property("order-simulator", "market.state") == "paused", "the pause");
        Assert.Equal("The market trades at 20 orders a second.", (await CommandAsync(service, "order-simulator", "resume-market")).Message);
        Assert.Equal(["rate", "rate", "pause", "resume"], _asked);
    }

    [Fact]
    public async Task The_verifier_looks_now_and_its_verdicts_and_its_report_are_shown()
    {
        await using ServiceUnderTest service = await ServiceUnderTest.StartAsync(_model);
        ResourceCommandResponse verdicts = await CommandAsync(service, "verifier", "verify-now");
        Assert.Equal("1 ok, 0 failed, 0 unknown (could not look), 0 not possible here.", verdicts.Message);
        Assert.Contains("| ok | mysql.binlog\\_format | mysql |", verdicts.Result.Value, StringComparison.Ordinal);
        Assert.Equal("verify", Assert.Single(_asked));
        Assert.Equal("# The report", (await CommandAsync(service, "verifier", "open-report")).Result.Value);
    }

    private static HealthStatus? Status(WatchedResources watched) => watched.Now["mysql"].HealthReports.FirstOrDefault(h => h.Key == "mysql.binlog_format")?.Status;

    private static async Task<ResourceCommandResponse> CommandAsync(ServiceUnderTest service, string resource, string command)
    {
        ResourceCommandResponse answer = await service.Client.ExecuteResourceCommandAsync(new() { ResourceName = resource, CommandName = command }, service.Options());
        Assert.True(answer.Kind == ResourceCommandResponseKind.Succeeded, answer.Message);
        return answer;
    }

    private LabReport Report() => new() { At = DateTimeOffset.UtcNow, Checks = _verdicts };

    private Task ChangeAsync(HttpContext context, string what, object answer)
    {
        Assert.Equal("Bearer the-token", context.Request.Headers.Authorization.ToString());
        _asked.Enqueue(what);
        return context.Response.WriteAsJsonAsync(answer, answer.GetType(), LabJson.Options);
    }
}
