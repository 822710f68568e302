using System.Net;
using System.Security.Cryptography;
using System.Text;
using CdcLab.Model.Live;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace CdcLab.Runtime.Control;

/// <summary><see cref="ILabControl"/> over HTTP, on loopback, for whoever has the token: the commands of the AppHost, the verifier, the drills.</summary>
public sealed class ControlEndpoint : IAsyncDisposable
{
    private readonly WebApplication _application;

    private ControlEndpoint(WebApplication application) => _application = application;

    /// <summary>Starts to listen.</summary>
    /// <param name="control">The lab.</param>
    /// <param name="port">The port on loopback.</param>
    /// <param name="token">The bearer token that every call needs.</param>
    /// <param name="cancellationToken">Gives it up.</param>
    /// <returns>The endpoint.</returns>
    /// <exception cref="IOException">The port is taken.</exception>
    public static async Task<ControlEndpoint> StartAsync(ILabControl control, int port, string token, CancellationToken cancellationToken)
    {
        // Empty: nothing is taken from the environment or from files of the folder that the host was started in.
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = 16 * 1024;
            kestrel.Listen(IPAddress.Loopback, port);
        });
        builder.Services.AddRoutingCore();
        builder.Services.ConfigureHttpJsonOptions(json =>
        {
            foreach (var converter in LabJson.Options.Converters)
                json.SerializerOptions.Converters.Add(converter);
        });
        WebApplication application = builder.Build();
        FaultLeases leases = new(control, application.Lifetime.ApplicationStopping);
        application.Use((context, next) => Authorize(context, next, port, token));
        Map(application, control, leases);
        await application.StartAsync(cancellationToken);
        return new(application);
    }

    /// <summary>Ends every lease and stops to listen.</summary>
    /// <returns>A task.</returns>
    public Task StopAsync() => _application.StopAsync(CancellationToken.None);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _application.DisposeAsync();

    private static void Map(IEndpointRouteBuilder routes, ILabControl control, FaultLeases leases)
    {
        routes.MapGet("/v1/resources", async (HttpContext context) =>
            await context.Response.WriteAsJsonAsync(await control.ListAsync(context.RequestAborted), LabJson.Options, context.RequestAborted));

        routes.MapGet("/v1/resources/{name}/log", (HttpContext context, string name) => AnswerAsync(context, () =>
        {
            int lines = int.TryParse(context.Request.Query["lines"], out int asked) ? Math.Clamp(asked, 1, 400) : 50;
            return Task.FromResult<object>(control.Log(name, lines));
        }));

        foreach (ServerCommand command in Enum.GetValues<ServerCommand>())
        {
            routes.MapPost($"/v1/resources/{{name}}/{command.ToString().ToLowerInvariant()}", (HttpContext context, string name) =>
                AnswerAsync(context, async () => await control.ExecuteAsync(name, command, context.RequestAborted)));
        }

        // A look, but one that runs something for a moment.
        routes.MapPost("/v1/internal-listeners", (HttpContext context) => AnswerAsync(context, async () => await control.AskInsideAsync(context.RequestAborted)));

        routes.MapPost("/v1/leases", (HttpContext context) => leases.HoldAsync(context));
    }

    /// <summary>Answers with JSON; what a user did wrong becomes a status and one line.</summary>
    internal static async Task AnswerAsync(HttpContext context, Func<Task<object>> action)
    {
        try
        {
            object answer = await action();
            await context.Response.WriteAsJsonAsync(answer, answer.GetType(), LabJson.Options, context.RequestAborted);
        }
        catch (LabControlException refused)
        {
            await RefuseAsync(context, refused is UnknownResourceException ? StatusCodes.Status404NotFound : StatusCodes.Status409Conflict, refused.Message);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // Nobody reads the answer any more.
            context.Abort();
        }
    }

    internal static Task RefuseAsync(HttpContext context, int status, string message)
    {
        context.Response.StatusCode = status;
        return context.Response.WriteAsJsonAsync(new { error = message }, LabJson.Options, context.RequestAborted);
    }

    private static Task Authorize(HttpContext context, RequestDelegate next, int port, string token)
    {
        // A page in the user's browser can be made to call a port of loopback; it cannot choose the Host header of ours, nor know the token.
        HostString host = context.Request.Host;
        if (host.Host is not ("127.0.0.1" or "localhost") || host.Port != port)
            return RefuseAsync(context, StatusCodes.Status421MisdirectedRequest, $"This endpoint is 127.0.0.1:{port}.");
        const string Scheme = "Bearer ";
        string given = context.Request.Headers.Authorization.ToString();
        bool known = given.StartsWith(Scheme, StringComparison.Ordinal)
            && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(given[Scheme.Length..]), Encoding.UTF8.GetBytes(token));
        return known ? next(context) : RefuseAsync(context, StatusCodes.Status401Unauthorized, "The bearer token is missing or wrong; it is in the run file of the lab's data directory.");
    }
}
