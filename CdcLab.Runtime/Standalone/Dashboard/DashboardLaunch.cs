using System.Collections;
using System.Globalization;
using System.Runtime.InteropServices;
using CdcLab.Model;
using CdcLab.Runtime.Standalone.Data;
using CdcLab.Runtime.Standalone.Fetching;
using CdcLab.Runtime.Standalone.Processes;

namespace CdcLab.Runtime.Standalone.Dashboard;

/// <summary>How the dashboard is launched: all that it is told, it is told by variables.</summary>
internal static class DashboardLaunch
{
    // It reads its settings from the environment, so what is set there for somebody else must not reach it; it makes no connection that could need a proxy.
    private static readonly string[] NotHandedDown =
    [
        "LAB__", "ASPNETCORE_", "ASPIRE_", "DASHBOARD__", "DOTNET_DASHBOARD_", "DOTNET_ENVIRONMENT", "DOTNET_LAUNCH_PROFILE", "DOTNET_RESOURCE_SERVICE_", "DOTNET_URLS",
        "KESTREL__", "LOGGING__", "OTEL_", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY",
    ];

    /// <summary>The command, folder and variables of one launch.</summary>
    /// <param name="installation">The program.</param>
    /// <param name="model">The lab.</param>
    /// <param name="secrets">Its secrets.</param>
    /// <param name="directory">Its data directory; the dashboard keeps the keys of its cookies there.</param>
    /// <param name="resourceService">Our service that tells it what there is.</param>
    public static LaunchSpec Of(DashboardInstallation installation, LabModel model, LabSecrets secrets, DataDirectory directory, Uri resourceService)
    {
        string home = directory.Folder("dashboard");
        Dictionary<string, string?> variables = new(StringComparer.Ordinal);
        foreach (DictionaryEntry inherited in Environment.GetEnvironmentVariables())
        {
            string name = (string)inherited.Key;
            if (NotHandedDown.Any(prefix => name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase)))
                variables[name] = null;
        }

        foreach ((string name, string value) in Own(model, secrets, home, resourceService))
            variables[name] = value;
        return new() { Command = installation.Command, WorkingDirectory = home, Variables = variables };
    }

    private static Dictionary<string, string> Own(LabModel model, LabSecrets secrets, string home, Uri resourceService) => new(StringComparer.Ordinal)
    {
        ["ASPNETCORE_URLS"] = $"http://{model.Options.BindAddress}:{model.DashboardPort}",
        ["ASPNETCORE_ENVIRONMENT"] = "Production",
        ["ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL"] = $"http://127.0.0.1:{model.Ports.DashboardOtlp}",
        ["ASPIRE_RESOURCE_SERVICE_ENDPOINT_URL"] = resourceService.GetLeftPart(UriPartial.Authority),
        // It ends by itself when this process is killed.
        ["ASPIRE_CLI_PID"] = Environment.ProcessId.ToString(CultureInfo.InvariantCulture),
        ["DASHBOARD__FRONTEND__AUTHMODE"] = "BrowserToken",
        ["DASHBOARD__FRONTEND__BROWSERTOKEN"] = secrets.DashboardToken,
        ["DASHBOARD__OTLP__AUTHMODE"] = "ApiKey",
        ["DASHBOARD__OTLP__PRIMARYAPIKEY"] = secrets.DashboardOtlpKey,
        ["DASHBOARD__RESOURCESERVICECLIENT__AUTHMODE"] = "ApiKey",
        ["DASHBOARD__RESOURCESERVICECLIENT__APIKEY"] = secrets.DashboardServiceKey,
        ["DASHBOARD__API__AUTHMODE"] = "ApiKey",
        ["DASHBOARD__API__PRIMARYAPIKEY"] = secrets.DashboardServiceKey,
        ["DASHBOARD__UI__DISABLEAGENTHELP"] = "true",
        ["DASHBOARD__UI__DISABLEIMPORT"] = "true",
        // All telemetry lies in its memory. These, and the collector of one heap, are what a lab that is left on for a week comes to.
        ["DASHBOARD__TELEMETRYLIMITS__MAXLOGCOUNT"] = "5000",
        ["DASHBOARD__TELEMETRYLIMITS__MAXTRACECOUNT"] = "2000",
        ["DASHBOARD__TELEMETRYLIMITS__MAXMETRICSCOUNT"] = "10000",
        ["DOTNET_gcServer"] = "0",
        // At the level of information it writes the link with its token.
        ["LOGGING__LOGLEVEL__DEFAULT"] = "Warning",
        ["LOGGING__LOGLEVEL__ASPIRE.DASHBOARD"] = "Warning",
        ["LOGGING__LOGLEVEL__MICROSOFT.HOSTING.LIFETIME"] = "Warning",
        ["DOTNET_ROOT"] = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..")),
        ["HOME"] = home,
    };
}
