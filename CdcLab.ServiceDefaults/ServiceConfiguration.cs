using Microsoft.Extensions.Configuration;

namespace CdcLab.ServiceDefaults;

/// <summary>Reads what the AppHost configures a service with. Whatever is missing or wrong is one line on stderr
/// (<c>service: what is wrong</c>) and makes the result null; the service then ends with <see cref="InvalidExitCode"/>.</summary>
public static class ServiceConfiguration
{
    /// <summary>The exit code of a service whose configuration is missing or wrong.</summary>
    public const int InvalidExitCode = 2;

    /// <summary>The key of the lab's token.</summary>
    public const string TokenKey = "Lab:Token";

    /// <summary>The key of the lab's data directory. The AppHost always sets it for services.</summary>
    public const string DataDirectoryKey = "Lab:DataDirectory";

    /// <summary>Reads and validates the section <c>Lab</c>.</summary>
    public static LabOptions? ReadLab(IConfiguration configuration, string service)
    {
        LabOptions options = LabConfiguration.Read(configuration, out IReadOnlyList<OptionFault> faults, "Token");
        foreach (OptionFault fault in faults)
            Fail(service, fault.ToString());
        return faults.Count == 0 ? options : null;
    }

    /// <summary>Reads a value that the service cannot do without.</summary>
    public static string? Require(IConfiguration configuration, string key, string service)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        return configuration[key] is { Length: > 0 } value ? value : Missing(service, key);
    }

    /// <summary>Reads the port to listen on from <c>urls</c> or <c>http_ports</c>, as <c>ASPNETCORE_URLS</c> and <c>ASPNETCORE_HTTP_PORTS</c> set them. Only the port
    /// counts: a service chooses its address itself.</summary>
    public static int? RequirePort(IConfiguration configuration, string service)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        string text = configuration["urls"] is { Length: > 0 } urls ? urls : configuration["http_ports"] ?? "";
        string first = text.Split(';', StringSplitOptions.TrimEntries)[0];
        if (first.Length == 0)
            Missing(service, "ASPNETCORE_URLS");
        else if (int.TryParse(first[(first.LastIndexOf(':') + 1)..].TrimEnd('/'), out int port) && port is > 0 and <= 65535)
            return port;
        else
            Fail(service, $"ASPNETCORE_URLS = {first}: has no port; use http://localhost:PORT");
        return null;
    }

    /// <summary>Writes one error line.</summary>
    public static void Fail(string service, string problem) => Console.Error.WriteLine($"{service}: {problem}");

    private static string? Missing(string service, string key)
    {
        Fail(service, $"{key} is missing. The services are started by the AppHost (dotnet run --project CdcLab.AppHost), which configures them.");
        return null;
    }
}
