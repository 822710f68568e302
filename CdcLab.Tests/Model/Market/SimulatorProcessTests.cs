using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using CdcLab.Model;
using CdcLab.Model.Live;
using CdcLab.Model.Options;
using Xunit;

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
    [InlineData(null)]
    [InlineData("Lab__Token")]
    [InlineData("Lab__Ports__MySql")]
    [InlineData("Lab__Ports__Simulator")]
    [InlineData("Lab__Passwords__Simulator")]
    [InlineData("Lab__DataDirectory")]
    public async Task Bad_handover_is_one_line_on_stderr_and_exit_code_2(string? missing)
    {
        ProcessStartInfo start = Start("dotnet", Program);
        if (missing is null)
            start.Environment.Where(v => v.Key.StartsWith("Lab__", StringComparison.Ordinal)).ToList().ForEach(v => start.Environment.Remove(v.Key));
        else
            Assert.True(start.Environment.Remove(missing));
        using Process process = Process.Start(start)!;
        string said = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(2, process.ExitCode);
        string line = Assert.Single(said.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.StartsWith("order-simulator: ", line, StringComparison.Ordinal);
        if (missing is not null)
            Assert.Contains(missing.Split("__")[^1], line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Simulator_ends_when_the_process_that_started_it_is_killed()
    {
        // The shell stands for the host. It prints its child's pid and waits for it.
        ProcessStartInfo start = Start("sh", "-c", "dotnet \"$0\" >&2 & echo $!; wait", Program);
        using Process host = Process.Start(start)!;
        int pid = int.Parse((await host.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken))!, CultureInfo.InvariantCulture);
        using Process simulator = Process.GetProcessById(pid);
        string? line;
        do
        {
            line = await host.StandardError.ReadLineAsync(TestContext.Current.CancellationToken);
            Assert.NotNull(line);
        }
        while (!line.Contains("The market opens", StringComparison.Ordinal));

        // The watch looks for its parent first when the service starts; its API answers after that.
        await AnswersAsync(int.Parse(start.Environment["Lab__Ports__Simulator"]!, CultureInfo.InvariantCulture));
        host.Kill();
        await simulator.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
        Assert.Contains("is gone", await host.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Taken_port_is_one_line_and_exit_code_1()
    {
        ProcessStartInfo start = Start("dotnet", Program);
        using TcpListener taken = new(IPAddress.Loopback, 0);
        taken.Start();
        int port = ((IPEndPoint)taken.LocalEndpoint).Port;
        start.Environment["Lab__Ports__Simulator"] = $"{port}";
        using Process process = Process.Start(start)!;
        string said = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(1, process.ExitCode);
        Assert.Equal($"order-simulator: port {port} is taken.", said.Trim());
    }

    private static async Task AnswersAsync(int port)
    {
        using HttpClient http = new();
        Stopwatch waited = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                using HttpResponseMessage answer = await http.GetAsync($"http://127.0.0.1:{port}/health", TestContext.Current.CancellationToken);
                return;
            }
            catch (HttpRequestException e)
            {
                Assert.True(waited.Elapsed < TimeSpan.FromSeconds(20), $"The simulator does not answer: {e.Message}");
                await Task.Delay(20, TestContext.Current.CancellationToken);
            }
        }
    }

    private ProcessStartInfo Start(string file, params string[] arguments)
    {
        using TcpListener free = new(IPAddress.Loopback, 0);
        free.Start();
        ProcessStartInfo start = new(file, arguments) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        ServiceHandover handover = new()
        {
            Options = new LabOptions(),
            Ports = LabPorts.From(0) with { MySql = 1, Simulator = ((IPEndPoint)free.LocalEndpoint).Port, Control = 1 },
            Abilities = new("embedded", "MySQL", "Kafka", CapsEnforced: false, []),
            Token = "token",
            DataDirectory = _folder,
            SimulatorPassword = "password",
        };
        foreach ((string name, string value) in handover.ToVariables())
            start.Environment[name] = value;
        return start;
    }
}
