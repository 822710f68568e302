using CdcLab.Model;
using CdcLab.Model.Options;
using CdcLab.Runtime.Standalone.Dashboard;
using CdcLab.Runtime.Standalone.Data;
using CdcLab.Runtime.Standalone.Processes;
using CdcLab.Runtime.Standalone.Servers;
using CdcLab.Tests.Model.Fetching;
using Xunit;

namespace CdcLab.Tests.Model.Dashboard;

[Trait("tier", "model")]
public sealed class DashboardLaunchTests : IDisposable
{
    private readonly TestFolder _folder = new();
    private readonly LabSecrets _secrets = new() { Root = "r", Debezium = "d", Simulator = "s", Token = "t", DashboardToken = "browser", DashboardOtlpKey = "otlp", DashboardServiceKey = "service" };

    [Fact]
    public void Everything_is_on_loopback_and_behind_a_key()
    {
        IReadOnlyDictionary<string, string?> variables = Launch(new LabOptions()).Variables;

        Assert.Equal("http://127.0.0.1:18888", variables["ASPNETCORE_URLS"]);
        Assert.Equal("http://127.0.0.1:18889", variables["ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL"]);
        Assert.Equal("http://127.0.0.1:4711", variables["ASPIRE_RESOURCE_SERVICE_ENDPOINT_URL"]);
        Assert.Equal(("BrowserToken", "browser"), (variables["DASHBOARD__FRONTEND__AUTHMODE"], variables["DASHBOARD__FRONTEND__BROWSERTOKEN"]));
        Assert.Equal(("ApiKey", "otlp"), (variables["DASHBOARD__OTLP__AUTHMODE"], variables["DASHBOARD__OTLP__PRIMARYAPIKEY"]));
        Assert.Equal(("ApiKey", "service"), (variables["DASHBOARD__RESOURCESERVICECLIENT__AUTHMODE"], variables["DASHBOARD__RESOURCESERVICECLIENT__APIKEY"]));
        Assert.Equal(("ApiKey", "service"), (variables["DASHBOARD__API__AUTHMODE"], variables["DASHBOARD__API__PRIMARYAPIKEY"]));
        Assert.Equal(_folder.Below("lab", "dashboard"), variables["HOME"]);
        Assert.Equal(Environment.ProcessId.ToString(), variables["ASPIRE_CLI_PID"]);
    }

    [Fact]
    public void Page_moves_with_its_settings_and_telemetry_stays()
    {
        LabOptions options = new() { PortBase = 21000, BindAddress = "0.0.0.0", Dashboard = new() { Port = 19000 } };
        IReadOnlyDictionary<string, string?> variables = Launch(options).Variables;

        Assert.Equal("http://0.0.0.0:19000", variables["ASPNETCORE_URLS"]);
        Assert.Equal("http://127.0.0.1:21006", variables["ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL"]);
        Assert.Equal("http://127.0.0.1:19000/login?t=browser", DashboardLink.WithLogin(Model(options), _secrets).ToString());
    }

    [Fact]
    public void Services_are_told_where_to_send_telemetry_with_the_key_and_without_delay()
    {
        Dictionary<string, string> variables = new TelemetryTarget(new Uri("http://127.0.0.1:18889"), "otlp").ToVariables("verifier");

        Assert.Equal(("http://127.0.0.1:18889", "grpc", "x-otlp-api-key=otlp", "verifier"), (variables["OTEL_EXPORTER_OTLP_ENDPOINT"], variables["OTEL_EXPORTER_OTLP_PROTOCOL"], variables["OTEL_EXPORTER_OTLP_HEADERS"], variables["OTEL_SERVICE_NAME"]));
        Assert.All(["OTEL_BSP_SCHEDULE_DELAY", "OTEL_BLRP_SCHEDULE_DELAY", "OTEL_METRIC_EXPORT_INTERVAL"], name => Assert.Equal("1000", variables[name]));
    }

    public void Dispose() => _folder.Dispose();

    private static LabModel Model(LabOptions options) => LabModel.From(options, LabPorts.From(options.PortBase), LabRuntimeKind.Embedded);

    private LaunchSpec Launch(LabOptions options)
    {
        DataDirectory directory = new(_folder.Below("lab"));
        directory.Create();
        return DashboardLaunch.Of(new(["/opt/aspire-managed", "dashboard"], "13.5.4", "a test"), Model(options), _secrets, directory, new Uri("http://127.0.0.1:4711/"));
    }
}
