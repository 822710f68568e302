using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace CdcLab.Runtime.Standalone.Dashboard;

/// <summary>Lets no call through that does not carry the key, whatever it calls.</summary>
internal static class ApiKeys
{
    public static Task AuthorizeAsync(HttpContext context, RequestDelegate next, string key)
    {
        string given = context.Request.Headers[ResourceServiceHost.KeyHeader].ToString();
        if (CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(given), Encoding.UTF8.GetBytes(key)))
            return next(context);

        // gRPC's clients read it as "unauthenticated".
        context.Response.StatusCode = StatusCodes.Status401Unauthorized;
        return Task.CompletedTask;
    }
}
