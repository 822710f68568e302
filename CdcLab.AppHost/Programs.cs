using System.Reflection;
using CdcLab.Runtime.Standalone.Fetching;
using CdcLab.Runtime.Standalone.Servers;

namespace CdcLab.AppHost;

/// <summary>Where the build has put the two services.</summary>
internal static class Programs
{
    /// <exception cref="UnavailableException">A service was not built.</exception>
    public static ServicePrograms Find() => new(Path("order-simulator"), Path("verifier"));

    private static string Path(string service)
    {
        string path = typeof(Programs).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().First(a => a.Key == "Program:" + service).Value!;
        return File.Exists(path) ? path : throw new UnavailableException($"The service {service} is not built: {path} is missing; run 'dotnet build'.");
    }
}
