using System.Net;
using System.Net.Sockets;

namespace CdcLab.Tests.Model.Market;

[Trait("tier", "model")]
public sealed class SimulatorProcessTests : IDisposable
{
    private static readonly string Program = Path.Combine(AppContext.BaseDirectory, "CdcLab.OrderSimulator.dll");

    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"cdclab-process-{Guid.NewGuid():N}");

    public void Dispose()
    {
        if (Directory.Exists(_folder))
            Directory.Delete(_folder, recursive: true);
    }

    [Theory]
    [InlineData("Lab__Token", null, "Lab:Token is missing")]
    [InlineData("Lab__DataDirectory", null, "Lab:DataDirectory is missing")]
    [InlineData("ConnectionStrings__mysql-orders", null, "ConnectionStrings:mysql-orders is missing")]
    [InlineData("ConnectionStrings__mysql-orders", "Server=127.0.0.1;Password=secret;Nonsense=secret", "ConnectionStrings:mysql-orders: cannot be read")]
    [InlineData("ASPNETCORE_URLS", null, "ASPNETCORE_URLS is missing")]
    [InlineData("ASPNETCORE_URLS", "http://localhost", "ASPNETCORE_URLS = http://localhost: has no port")]
    [InlineData("Lab__Simulator__Workers", "65", "Lab:Simulator:Workers = 65")]
    [InlineData("Lab__Simulator__OrdersPerSecond", "many", "Lab:Simulator:OrdersPerSecond = many")]
    public async Task Bad_configuration_is_one_line_on_stderr_and_exit_code_2(string variable, string? value, string expected)
    {
        ProcessStartInfo start = Start();
        start.Environment.Remove(variable);
        if (value is not null)
            start.Environment[variable] = value;
        (int code, string error) = await RunAsync(start);
        Assert.Equal(2, code);
        string line = Assert.Single(error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.StartsWith($"order-simulator: {expected}", line, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Taken_port_is_one_line_and_exit_code_1()
    {
        ProcessStartInfo start = Start();
        using TcpListener taken = new(IPAddress.Loopback, 0);
        taken.Start();
        int port = ((IPEndPoint)taken.LocalEndpoint).Port;
        start.Environment["ASPNETCORE_URLS"] = $"http://localhost:{port}";
        (int code, string error) = await RunAsync(start);
        Assert.Equal((1, $"order-simulator: port {port} is already in use."), (code, error.Trim()));
    }

    private static async Task<(int Code, string Error)> RunAsync(ProcessStartInfo start)
    {
        using Process process = Process.Start(start)!;
        string error = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, error);
    }

    private ProcessStartInfo Start()
    {
        ProcessStartInfo start = new("dotnet", [Program]) { UseShellExecute = false, RedirectStandardError = true };
        foreach ((string name, string value) in LabConfiguration.ToVariables(new LabOptions { DataDirectory = _folder }))
            start.Environment[name] = value;
        start.Environment["Lab__Token"] = "token";
        start.Environment["ConnectionStrings__mysql-orders"] = "Server=127.0.0.1;Port=1;User ID=simulator;Password=password;Database=cdclab";
        start.Environment["ASPNETCORE_URLS"] = "http://localhost:1";
        return start;
    }
}
