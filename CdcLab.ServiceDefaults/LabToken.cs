using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace CdcLab.ServiceDefaults;

/// <summary>Access to a service's API.</summary>
public static class LabToken
{
    private const string Scheme = "Bearer ";

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

    /// <summary>Refuses requests whose Host header is none of these names (without port): protects against DNS rebinding by web pages.</summary>
    public static IApplicationBuilder UseLabHosts(this IApplicationBuilder app, params string[] hosts) => app.Use((context, next) =>
        hosts.Contains(context.Request.Host.Host, StringComparer.OrdinalIgnoreCase)
            ? next(context)
            : Results.Problem($"The Host header must be {string.Join(" or ", hosts)}.", statusCode: StatusCodes.Status400BadRequest).ExecuteAsync(context));

    private static byte[] Digest(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));
}
