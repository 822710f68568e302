using System.Net;
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
            kestrel.Listen(IPAddress.Loopback, 0, listener => listener.Protocols = HttpProtocols.Http2);
        });
        builder.Services.AddRoutingCore();
        builder.Services.AddGrpc();
        WatchStreams streams = new();
        builder.Services.AddSingleton(lab).AddSingleton(streams);
        WebApplication application = builder.Build();
        application.Use((context, next) => ApiKeys.AuthorizeAsync(context, next, apiKey));
        application.MapGrpcService<ResourceService>();
        await application.StartAsync(cancellationToken);
        return new(application, streams);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _application.DisposeAsync();
}
