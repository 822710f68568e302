using System.Text;
using System.Text.Json;
using Docker.DotNet.Models;

namespace CdcLab.Runtime.Engine;

/// <summary>The logins of registries that <c>docker login</c> has written into its configuration. Those that a credential helper keeps are not read.</summary>
internal static class RegistryLogins
{
    private const string DockerHub = "https://index.docker.io/v1/";

    /// <summary>The login for an image's registry; an empty one where there is none.</summary>
    /// <param name="repository">The image's name without its tag.</param>
    public static AuthConfig Of(string repository)
    {
        string folder = Environment.GetEnvironmentVariable("DOCKER_CONFIG") is { Length: > 0 } set ? set : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".docker");
        return Find(Path.Combine(folder, "config.json"), Registry(repository));
    }

    /// <summary>The registry of an image: what stands before the first slash, where that is a host.</summary>
    internal static string Registry(string repository)
    {
        int slash = repository.IndexOf('/', StringComparison.Ordinal);
        string first = slash < 0 ? "" : repository[..slash];
        return first == "localhost" || first.AsSpan().ContainsAny('.', ':') ? first : DockerHub;
    }

    internal static AuthConfig Find(string file, string registry)
    {
        try
        {
            using JsonDocument json = JsonDocument.Parse(File.ReadAllText(file));
            if (json.RootElement.TryGetProperty("auths", out JsonElement logins) && logins.TryGetProperty(registry, out JsonElement login) && login.TryGetProperty("auth", out JsonElement auth)
                && Encoding.UTF8.GetString(Convert.FromBase64String(auth.GetString() ?? "")).Split(':', 2) is [var user, var password])
                return new() { Username = user, Password = password, ServerAddress = registry };
        }
        catch (Exception none) when (none is IOException or UnauthorizedAccessException or JsonException or FormatException or InvalidOperationException)
        {
            // No login, or none that can be read: the registry itself says whether it wants one.
        }

        return new();
    }
}
