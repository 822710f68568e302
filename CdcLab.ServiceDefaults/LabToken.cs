using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace CdcLab.ServiceDefaults;

/// <summary>Access to a service's API.</summary>
public static class LabToken
{
    private const string Scheme = "Bearer ";

    /// <summary>Requires the lab's token.</summary>
    /// <param name="endpoint">The endpoints that change something.</param>
    /// <param name="token">The lab's token.</param>
    /// <typeparam name="T">The kind of endpoint builder.</typeparam>
    /// <returns>The endpoints.</returns>
    public static T RequireLabToken<T>(this T endpoint, string token)
        where T : IEndpointConventionBuilder
    {
        byte[] expected = Digest(token);
        return endpoint.AddEndpointFilter(async (context, next) =>
        {
            string given = context.HttpContext.Request.Headers.Authorization.ToString();
            // Digests are compared in constant time, so that the time of the response tells nothing about the token.
            if (given.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) && CryptographicOperations.FixedTimeEquals(Digest(given[Scheme.Length..].Trim()), expected))
                return await next(context);
            context.HttpContext.Response.Headers.WWWAuthenticate = "Bearer";
            return Results.Problem("This request changes the lab. It needs the header 'Authorization: Bearer TOKEN' with the lab's token, which is in the lab's data directory.", statusCode: StatusCodes.Status401Unauthorized);
        });
    }

    /// <summary>Answers only requests whose Host header is one of these, so that no web page can reach a service on loopback through a name of its own.</summary>
    /// <param name="app">The service.</param>
    /// <param name="hosts">Host names and addresses, without a port.</param>
    /// <returns>The service.</returns>
    public static IApplicationBuilder UseLabHosts(this IApplicationBuilder app, params string[] hosts) => app.Use(async (context, next) =>
    {
        if (hosts.Contains(context.Request.Host.Host, StringComparer.OrdinalIgnoreCase))
        {
            await next(context);
            return;
        }

        await Results.Problem($"The Host header must be {string.Join(" or ", hosts)}.", statusCode: StatusCodes.Status400BadRequest).ExecuteAsync(context);
    });

    private static byte[] Digest(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));
}
