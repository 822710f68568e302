using System.Net;
using CdcLab.Runtime.Live;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;

namespace CdcLab.Runtime.Standalone.Dashboard;

/// <summary>The server that feeds the Aspire dashboard: gRPC over HTTP/2 without TLS, on a free port of loopback, for whoever has the key.</summary>
internal sealed class ResourceServiceHost : IAsyncDisposable
{
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(2);

    private readonly WebApplication _application;

    private ResourceServiceHost(WebApplication application, WatchStreams streams)
    {
        (_application, Streams) = (application, streams);
        Url = new(application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
    }

    /// <summary>The header that carries the key.</summary>
    public const string KeyHeader = "x-resource-service-api-key";

    /// <summary>Its address, for <c>ASPIRE_RESOURCE_SERVICE_ENDPOINT_URL</c>.</summary>
    public Uri Url { get; }

    /// <summary>Whether a dashboard watches.</summary>
    public WatchStreams Streams { get; }

    /// <summary>Starts to listen.</summary>
    /// <param name="lab">The lab that is shown; its servers may come later.</param>
    /// <param name="apiKey">The key that every call needs.</param>
    /// <param name="cancellationToken">Gives it up.</param>
    /// <returns>The server.</returns>
    public static async Task<ResourceServiceHost> StartAsync(ServedLab lab, string apiKey, CancellationToken cancellationToken)
    {
        // Empty: nothing is taken from the environment or from files of the folder that the host was started in.
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;

            // A reader that is slow costs nothing here and is not cut off: a dashboard that was cut off for long does not come back.
            kestrel.Limits.MinResponseDataRate = null;
            kestrel.Limits.MinRequestBodyDataRate = null;

            // One stream for each log that is looked at, on each page, all on one connection.
            kestrel.Limits.Http2.MaxStreamsPerConnection = 1_000;
            kestrel.Listen(IPAddress.Loopback, 0, listener => listener.Protocols = HttpProtocols.Http2);
        });
        builder.Services.AddRoutingCore();
        builder.Services.AddGrpc();
        WatchStreams streams = new();
        builder.Services.AddSingleton(lab).AddSingleton(streams).AddSingleton(new OncePerLine(lab.Say)).AddSingleton<LiveLab>();
        WebApplication application = builder.Build();

        // Made now: the lab's resources came into the picture when it was started, not when somebody looked first.
        application.Services.GetRequiredService<LiveLab>();
        application.Use((context, next) => ApiKeys.AuthorizeAsync(context, next, apiKey));
        application.MapGrpcService<ResourceService>();
        await application.StartAsync(cancellationToken);
        return new(application, streams);
    }

    /// <summary>Ends every stream and stops to listen.</summary>
    /// <returns>A task.</returns>
    public async ValueTask DisposeAsync()
    {
        // Its streams end at once; a connection that then stays open is not waited for.
        using CancellationTokenSource limit = new(EndLimit);
        await _application.StopAsync(limit.Token);
        await _application.DisposeAsync();
    }
}
