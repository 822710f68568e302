using System.Collections;
using System.Runtime.InteropServices;
using CdcLab.Model;
using CdcLab.Model.Live;
using CdcLab.Runtime.Standalone.Data;
using CdcLab.Runtime.Standalone.Processes;

namespace CdcLab.Runtime.Standalone.Servers;

/// <summary>One of our own services as a child process.</summary>
internal sealed class ServiceProcess(ServiceResource resource, string program, ServiceHandover handover, TelemetryTarget? telemetry, DataDirectory directory, HttpClient http) : EmbeddedServer(resource)
{
    // What our own launch profile or the caller's environment sets for the host is not for its services.
    private static readonly string[] NotHandedDown = ["LAB__", "ASPNETCORE_", "ASPIRE_", "DOTNET_DASHBOARD_", "DOTNET_LAUNCH_PROFILE", "DOTNET_ENVIRONMENT", "DOTNET_RESOURCE_SERVICE_"];

    public override Task<LaunchSpec> PrepareAsync(CancellationToken cancellationToken)
    {
        Dictionary<string, string?> variables = new(StringComparer.Ordinal);
        foreach (DictionaryEntry inherited in Environment.GetEnvironmentVariables())
        {
            string name = (string)inherited.Key;
            if (NotHandedDown.Any(prefix => name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase)))
                variables[name] = null;
        }

        foreach ((string name, string value) in handover.ToVariables())
            variables[name] = value;

        foreach ((string name, string value) in telemetry?.ToVariables(resource.Name) ?? [])
            variables[name] = value;

        // The runtime that runs this host, wherever it was installed.
        variables["DOTNET_ROOT"] = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", ".."));
        return Task.FromResult(new LaunchSpec { Command = [program], WorkingDirectory = directory.Path, Variables = variables });
    }

    public override async Task<string?> AskAsync(CancellationToken cancellationToken)
    {
        string host = resource.Ports[0].BindAddress == "0.0.0.0" ? "127.0.0.1" : resource.Ports[0].BindAddress;
        using HttpResponseMessage response = await http.GetAsync(new Uri($"http://{host}:{resource.Port}/health"), cancellationToken);
        response.EnsureSuccessStatusCode();
        return null;
    }
}
