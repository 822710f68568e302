using CdcLab.Model;

namespace CdcLab.AppHost.Aspire;

/// <summary>Where the dashboard listens: as the launch profile says, unless the lab has ports of its own or there is no profile.</summary>
internal static class DashboardAddresses
{
    /// <summary>Aspire's settings as arguments, so that they win over the environment that a launch profile makes.</summary>
    public static IReadOnlyList<string> Of(LabModel model)
    {
        bool ownPorts = model.Options.PortBase != 0 || model.Options.Dashboard.Port is not null;
        if (!ownPorts && Environment.GetEnvironmentVariable("ASPNETCORE_URLS") is { Length: > 0 })
            return [];
        int port = model.DashboardPort;
        return
        [
            $"--ASPNETCORE_URLS=http://localhost:{port}",
            $"--ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL=http://localhost:{model.Ports.DashboardOtlp}",
            "--ASPIRE_ALLOW_UNSECURED_TRANSPORT=true",
            "--ASPIRE_VERSION_CHECK_DISABLED=true",
        ];
    }
}
