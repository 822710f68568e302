using Microsoft.Extensions.Configuration;

namespace CdcLab.ServiceDefaults;

/// <summary>Reads what the AppHost configures a service with. Whatever is missing or wrong is one line on stderr
/// (<c>service: what is wrong</c>) and makes the result null; the service then ends with <see cref="InvalidExitCode"/>.</summary>
public static class ServiceConfiguration
{
    public const int InvalidExitCode = 2;
    public const string TokenKey = "Lab:Token";

    /// <summary>The key of the lab's data directory. The AppHost always sets it for services.</summary>
    public const string DataDirectoryKey = "Lab:DataDirectory";

    public static LabOptions? ReadLab(IConfiguration configuration, string service)
    {
        LabOptions options = LabConfiguration.Read(configuration, out IReadOnlyList<string> faults, "Token");
        foreach (string fault in faults)
            Fail(service, fault);
        return faults.Count == 0 ? options : null;
    }

    public static string? Require(IConfiguration configuration, string key, string service)
    {
        if (configuration[key] is { Length: > 0 } value)
            return value;
        Fail(service, $"{(key == "urls" ? "ASPNETCORE_URLS" : key)} is missing. The services are started by the AppHost (dotnet run --project CdcLab.AppHost), which configures them.");
        return null;
    }

    /// <summary>Reads the port to listen on from <c>urls</c> (<c>ASPNETCORE_URLS</c>). Only the port counts: a service chooses its address itself.</summary>
    public static int? RequirePort(IConfiguration configuration, string service)
    {
        if (Require(configuration, "urls", service) is not { } urls)
            return null;
        string first = urls.Split(';', StringSplitOptions.TrimEntries)[0];
        if (int.TryParse(first[(first.LastIndexOf(':') + 1)..].TrimEnd('/'), out int port) && port is > 0 and <= 65535)
            return port;
        Fail(service, $"ASPNETCORE_URLS = {first}: has no port; use http://localhost:PORT");
        return null;
    }

    public static void Fail(string service, string problem) => Console.Error.WriteLine($"{service}: {problem}");
}
