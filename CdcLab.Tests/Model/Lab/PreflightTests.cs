using System.Net;
using System.Net.Sockets;
using CdcLab.AppHost.Lab;
using CdcLab.Tests.Model.Programs;

namespace CdcLab.Tests.Model.Lab;

/// <summary>Options against the machine: taken ports, addresses, memory, the data directory; all at once.</summary>
[Trait("tier", "model")]
public sealed class PreflightTests : IDisposable
{
    private static readonly Machine Empty = new() { MemoryBytes = 16 * ByteSize.GiB, Addresses = ["127.0.0.1", "192.168.0.7"], WhyNot = _ => null };
    private readonly TestFolder _folder = new();

    [Fact]
    public void Machine_with_room_has_no_fault() => Assert.Empty(Check(new(), Empty));

    [Fact]
    public void All_faults_come_at_once()
    {
        _folder.Write("lab/photo.jpg");
        IReadOnlyList<OptionFault> faults = Check(new() { Kafka = new() { MemoryCap = 6 * ByteSize.GiB } }, Empty with { WhyNot = p => p.Number == 3306 ? "is taken by mysqld (pid 812)" : null });

        Assert.Equal(["Lab:DataDirectory", "Lab:Kafka:MemoryCap", "Lab:PortBase"], faults.Select(f => f.Setting).Order(StringComparer.Ordinal));
        Assert.All(faults, f => Assert.Contains(';', f.ToString()));
    }

    [Fact]
    public void Taken_ports_are_one_line_with_who_wants_them_and_who_has_them()
    {
        Machine machine = Empty with { WhyNot = p => p.Number switch { 3306 => "is taken by mysqld (pid 812)", 9093 or 2181 => "is taken by java (pid 9)", 20_010 => "is taken", _ => null } };

        OptionFault fault = Assert.Single(Check(new(), machine));

        Assert.Equal(("Lab:PortBase", "0"), (fault.Setting, fault.Value));
        Assert.Contains("port 3306 of mysql is taken by mysqld (pid 812)", fault.Problem, StringComparison.Ordinal);
        Assert.Contains("port 2181 of zookeeper, 9093 of kafka-2 (EXTERNAL) is taken by java (pid 9)", fault.Problem, StringComparison.Ordinal);
        Assert.Contains("such as 21000", fault.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Only_what_listens_is_asked_for()
    {
        int[] Ports(LabOptions options, bool containers) => [.. Preflight.WantedPorts(options, containers).Select(p => p.Number)];

        Assert.Contains(18888, Ports(new(), containers: false));
        Assert.DoesNotContain(18888, Ports(new() { Dashboard = new() { Enabled = false } }, containers: false));
        Assert.DoesNotContain(8080, Ports(new(), containers: false));
        Assert.Contains(8080, Ports(new(), containers: true));
        Assert.DoesNotContain(29092, Ports(new(), containers: true));
        Assert.All(Ports(new() { PortBase = 20_000, Kafka = new() { Brokers = 9 } }, containers: false), p => Assert.InRange(p, 20_000, 20_000 + LabPorts.BlockSize - 1));
    }

    [Theory]
    [InlineData(9093, "is the port of kafka-2 (EXTERNAL)")]
    [InlineData(3306, "is the port of mysql")]
    public void Dashboard_on_a_port_of_the_lab_is_refused(int port, string says)
    {
        OptionFault fault = Assert.Single(Check(new() { Dashboard = new() { Port = port } }, Empty));
        Assert.Equal("Lab:Dashboard:Port", fault.Setting);
        Assert.Contains(says, fault.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Address_of_another_machine_is_refused_with_those_of_this_one()
    {
        OptionFault fault = Assert.Single(Check(new() { BindAddress = "10.9.8.7" }, Empty));
        Assert.Equal("Lab:BindAddress", fault.Setting);
        Assert.Contains("127.0.0.1, 0.0.0.0, 192.168.0.7", fault.Problem, StringComparison.Ordinal);
        Assert.Empty(Check(new() { BindAddress = "192.168.0.7" }, Empty));
    }

    [Theory]
    [InlineData("Lab:Kafka:MemoryCap", 6 * ByteSize.GiB, "sum to 19,840 MiB, but this machine has 16,384 MiB")]
    [InlineData("Lab:Kafka:MemoryCap", 8_000_000_000 * ByteSize.GiB, "sum to")]
    [InlineData("Lab:MySql:MemoryCap", 64 * ByteSize.GiB, "sum to")]
    public void Caps_that_do_not_fit_the_machine_blame_the_largest(string key, long cap, string says)
    {
        LabOptions options = key == "Lab:Kafka:MemoryCap" ? new() { Kafka = new() { MemoryCap = cap } } : new() { MySql = new() { MemoryCap = cap } };
        OptionFault fault = Assert.Single(Check(options, Empty));
        Assert.Equal(key, fault.Setting);
        Assert.Contains(says, fault.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Runtime_that_differs_from_the_datas_is_refused_and_auto_is_not()
    {
        LabDataDirectory directory = Directory();
        Assert.True(directory.TryHold(LabRuntime.Process, out HeldDataDirectory? held, out _));
        held.Dispose();

        Assert.Equal("Lab:Runtime", Assert.Single(Check(new() { Runtime = LabRuntime.Container }, Empty)).Setting);
        Assert.Empty(Check(new() { Runtime = LabRuntime.Process }, Empty));
        Assert.Empty(Check(new(), Empty));
    }

    [Fact]
    public void Lab_that_runs_in_the_same_directory_is_the_one_cause_told()
    {
        Assert.True(Directory().TryHold(LabRuntime.Process, out HeldDataDirectory? held, out _));
        using (held)
            Assert.Equal("Lab:DataDirectory", Assert.Single(Check(new(), Empty with { WhyNot = _ => "is taken" })).Setting);
    }

    [Fact]
    public void Listener_on_a_port_is_named_with_its_process()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        int port = ((IPEndPoint)listener.LocalEndpoint).Port;

        Assert.Contains($"(pid {Environment.ProcessId})", PortUse.WhyNot(new(port, "mysql", "127.0.0.1", "Lab:PortBase")), StringComparison.Ordinal);
        listener.Stop();
        Assert.Null(PortUse.WhyNot(new(port, "mysql", "127.0.0.1", "Lab:PortBase")));
    }

    [Fact]
    public void Block_is_free_only_where_it_is_free_on_the_labs_own_address_too()
    {
        List<string> asked = [];
        Assert.False(PortUse.IsFreeBlock(20_000, "192.168.0.7", p => { asked.Add(p.BindAddress); return p is { BindAddress: "192.168.0.7", Number: 20_003 } ? "is taken" : null; }));
        Assert.Equal(["127.0.0.1", "192.168.0.7"], asked.Distinct(StringComparer.Ordinal));
        Assert.True(PortUse.IsFreeBlock(20_000, "127.0.0.1", p => p.BindAddress == "127.0.0.1" ? null : "is taken"));
        // Every address of 127/8 is this machine's.
        Assert.InRange(PortUse.FreeBase("127.0.0.5"), 20_000, 32_000);
    }

    public void Dispose() => _folder.Dispose();

    private LabDataDirectory Directory() => LabDataDirectory.Of(new() { DataDirectory = _folder.Below("lab") });

    private IReadOnlyList<OptionFault> Check(LabOptions options, Machine machine) => Preflight.Check(options, containers: false, Directory(), machine);
}
