using CdcLab.Model;

namespace CdcLab.AppHost.Aspire;

/// <summary>Where the dashboard listens: as the launch profile says, unless the lab has ports of its own or there is no profile.</summary>
internal static class DashboardAddresses
{
    private const string PageVariable = "ASPNETCORE_URLS";
    private const string TelemetryVariable = "ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL";

    /// <summary>Aspire's settings as arguments, so that they win over the environment that a launch profile makes.</summary>
    public static IReadOnlyList<string> Of(LabModel model)
    {
        if (ByProfile(model))
            return [];
        return
        [
            $"--{PageVariable}={Listening(model)}",
            $"--{TelemetryVariable}={Telemetry(model)}",
            "--ASPIRE_ALLOW_UNSECURED_TRANSPORT=true",
            "--ASPIRE_VERSION_CHECK_DISABLED=true",
        ];
    }

    /// <summary>The page's address, for a browser of this machine.</summary>
    public static Uri Page(LabModel model)
    {
        Uri listening = Listening(model);
        return listening.Host == "0.0.0.0" ? new UriBuilder(listening) { Host = "127.0.0.1" }.Uri : listening;
    }

    /// <summary>The ports that it needs: a dashboard that cannot have them would be retried for half a minute, with the reason in a log only.</summary>
    public static IReadOnlyList<LabPortUse> Ports(LabModel model)
    {
        if (!model.Options.Dashboard.Enabled)
            return [];
        return
        [
            new(Page(model).Port, "the dashboard", IsLoopback(model) ? "127.0.0.1" : model.Options.BindAddress, "Lab:Dashboard:Port"),
            new(Telemetry(model).Port, "the dashboard's telemetry", "127.0.0.1", "Lab:PortBase"),
        ];
    }

    private static Uri Listening(LabModel model) => Profiled(model, PageVariable) ?? new($"http://{(IsLoopback(model) ? "localhost" : model.Options.BindAddress)}:{model.DashboardPort}");

    private static Uri Telemetry(LabModel model) => Profiled(model, TelemetryVariable) ?? new($"http://localhost:{model.Ports.DashboardOtlp}");

    private static bool IsLoopback(LabModel model) => model.Options.BindAddress == "127.0.0.1";

    private static bool ByProfile(LabModel model) =>
        IsLoopback(model) && model.Options.PortBase == 0 && model.Options.Dashboard.Port is null && Environment.GetEnvironmentVariable(PageVariable) is { Length: > 0 };

    // Several addresses are separated by semicolons; the first is the one that is shown.
    private static Uri? Profiled(LabModel model, string variable) =>
        ByProfile(model) && Uri.TryCreate(Environment.GetEnvironmentVariable(variable)?.Split(';')[0], UriKind.Absolute, out Uri? address) ? address : null;
}
