using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text.Json;
using CdcLab.Clients.Market;
using CdcLab.OrderSimulator;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace CdcLab.Tests.Model.Market;

[Trait("tier", "model")]
public sealed class MarketApiTests : IAsyncLifetime
{
    private const string Token = "right-token";

    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"cdclab-api-{Guid.NewGuid():N}");
    private readonly int _port = FreePort();
    private readonly HttpClient _http = new();
    private WebApplication? _app;

    // The whole service without MySQL: it waits for one, and its API answers meanwhile.
    public async ValueTask InitializeAsync()
    {
        _http.BaseAddress = new Uri($"http://127.0.0.1:{_port}");
        WebApplicationBuilder builder = SimulatorApp.CreateBuilder();
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Lab:Simulator:Seed"] = "12",
            ["Lab:Token"] = Token,
            ["Lab:DataDirectory"] = _folder,
            ["ConnectionStrings:mysql-orders"] = $"Server=127.0.0.1;Port={FreePort()};User ID=simulator;Password=password;Database=cdclab",
            ["urls"] = $"http://localhost:{_port}",
        });
        builder.Services.PostConfigure<LoggerFilterOptions>(log => log.MinLevel = LogLevel.None);
        _app = SimulatorApp.Build(builder, SimulatorSettings.Read(builder.Configuration)!);
        await _app.StartAsync(TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await _app!.StopAsync(CancellationToken.None);
        await _app.DisposeAsync();
        _http.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Theory]
    [InlineData("/v1/market/pause")]
    [InlineData("/v1/market/resume")]
    [InlineData("/v1/market/rate")]
    public async Task Change_without_the_token_is_refused_by_a_problem(string path)
    {
        foreach (string? authorization in new[] { null, "Bearer wrong-token", "Bearer ", "Basic " + Token, Token })
        {
            using HttpRequestMessage request = new(HttpMethod.Post, path) { Content = Body("""{"ordersPerSecond":"max"}""") };
            if (authorization is not null)
                request.Headers.TryAddWithoutValidation("Authorization", authorization);
            await AssertProblemAsync(HttpStatusCode.Unauthorized, request);
        }

        using MarketClient client = new(_http.BaseAddress!, null);
        MarketState state = await client.StateAsync(TestContext.Current.CancellationToken);
        Assert.Equal(("20", false), (state.OrdersPerSecond, state.Paused));
    }

    [Theory]
    [InlineData("evil.example")]
    [InlineData("evil.example:80")]
    [InlineData("127.0.0.1.evil.example")]
    [InlineData("10.0.0.1")]
    public async Task Host_header_that_is_not_ours_is_refused_by_a_problem(string host)
    {
        using HttpRequestMessage request = new(HttpMethod.Get, "/v1/market");
        request.Headers.Host = host;
        await AssertProblemAsync(HttpStatusCode.BadRequest, request);
    }

    [Theory]
    [InlineData("")]
    [InlineData("20")]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"ordersPerSecond":null}""")]
    [InlineData("""{"ordersPerSecond":"-1"}""")]
    [InlineData("""{"ordersPerSecond":-1}""")]
    [InlineData("""{"ordersPerSecond":"many"}""")]
    [InlineData("""{"ordersPerSecond":1e300}""")]
    public async Task Rate_that_is_none_is_refused_by_a_problem_that_says_what_is_accepted(string body)
    {
        using HttpRequestMessage request = new(HttpMethod.Post, "/v1/market/rate") { Content = Body(body) };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Token);
        Assert.Contains("max", await AssertProblemAsync(HttpStatusCode.BadRequest, request), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Unknown_path_is_a_problem()
    {
        using HttpRequestMessage request = new(HttpMethod.Get, "/v1/markets");
        await AssertProblemAsync(HttpStatusCode.NotFound, request);
    }

    [Fact]
    public async Task Rate_pause_and_resume_change_what_the_state_says()
    {
        using MarketClient client = new(_http.BaseAddress!, Token);
        CancellationToken cancellationToken = TestContext.Current.CancellationToken;
        Assert.Equal("max", (await client.SetRateAsync(OrderRate.Max, cancellationToken)).OrdersPerSecond);
        Assert.Equal("0.5", (await client.SetRateAsync(new OrderRate(0.5), cancellationToken)).OrdersPerSecond);
        Assert.True((await client.PauseAsync(cancellationToken)).Paused);
        Assert.True((await client.SetRateAsync(new OrderRate(7), cancellationToken)).Paused);
        Assert.Equal(("7", false), Pace(await client.ResumeAsync(cancellationToken)));
        Assert.Equal(("0", true), Pace(await client.SetRateAsync(OrderRate.Paused, cancellationToken)));
        HttpRequestException refused = await Assert.ThrowsAsync<HttpRequestException>(() => client.ResumeAsync(cancellationToken));
        Assert.Equal(HttpStatusCode.Conflict, refused.StatusCode);
        Assert.Contains("rate", refused.Message, StringComparison.Ordinal);

        static (string Rate, bool Paused) Pace(MarketState state) => (state.OrdersPerSecond, state.Paused);
    }

    [Fact]
    public async Task Health_is_200_while_mysql_is_gone_and_says_so()
    {
        using HttpResponseMessage response = await _http.GetAsync("/health", TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        using JsonDocument body = JsonDocument.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Equal("degraded", body.RootElement.GetProperty("status").GetString());
        Assert.False(body.RootElement.GetProperty("parts").GetProperty("market").GetProperty("data").GetProperty("mySqlAnswers").GetBoolean());
    }

    private async Task<string> AssertProblemAsync(HttpStatusCode status, HttpRequestMessage request)
    {
        using HttpResponseMessage response = await _http.SendAsync(request, TestContext.Current.CancellationToken);
        string text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.Equal(status, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        Assert.DoesNotContain(Token, text, StringComparison.Ordinal);
        return text;
    }

    private static StringContent Body(string text) => new(text, Encoding.UTF8, "application/json");

    private static int FreePort()
    {
        using TcpListener free = new(IPAddress.Loopback, 0);
        free.Start();
        return ((IPEndPoint)free.LocalEndpoint).Port;
    }
}
