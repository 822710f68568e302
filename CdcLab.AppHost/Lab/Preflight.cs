using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace CdcLab.AppHost.Lab;

/// <summary>One port that a lab would listen on: who would, at which address, and the setting that decides it.</summary>
internal sealed record WantedPort(int Number, string Name, string BindAddress, string Setting);

/// <summary>This machine, as far as options are judged against it.</summary>
internal sealed record Machine
{
    /// <summary>Heeds the limit of a container around this process.</summary>
    public long MemoryBytes { get; init; } = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;

    public IReadOnlyList<string> Addresses { get; init; } =
    [
        .. NetworkInterface.GetAllNetworkInterfaces().SelectMany(n => n.GetIPProperties().UnicastAddresses)
            .Where(a => a.Address.AddressFamily == AddressFamily.InterNetwork).Select(a => a.Address.ToString()),
    ];

    /// <summary>Why a port cannot be used: <c>is taken by mysqld (pid 812)</c>; null where it can.</summary>
    public Func<WantedPort, string?> WhyNot { get; init; } = PortUse.WhyNot;
}

/// <summary>Judges options against this machine before anything is made: all faults at once.</summary>
internal static class Preflight
{
    private const string PortBase = "Lab:PortBase";
    private const string DashboardPort = "Lab:Dashboard:Port";

    // Of a few that are easy to remember, the first whose block is free is named.
    private static readonly int[] EasyBases = [.. Enumerable.Range(20, 12).Select(thousand => thousand * 1000)];

    public static IReadOnlyList<OptionFault> Check(LabOptions options, bool containers, LabDataDirectory directory, Machine? machine = null)
    {
        machine ??= new();
        List<OptionFault> faults = [];
        if (directory.Problem() is { } problem)
            faults.Add(new("Lab:DataDirectory", directory.Path, problem));
        else if (options.Runtime != LabRuntime.Auto && directory.Runtime is { } made && made != options.Runtime)
            faults.Add(new("Lab:Runtime", Text(options, "Lab:Runtime"), $"does not fit the data in {directory.Path}, which servers as {(made == LabRuntime.Container ? "containers" : "processes")} made; use {made.ToString().ToLowerInvariant()}, another Lab:DataDirectory, or delete the data with `reset`"));
        if (options.BindAddress is not ("127.0.0.1" or "0.0.0.0") && !machine.Addresses.Contains(options.BindAddress))
            faults.Add(new("Lab:BindAddress", options.BindAddress, $"is not an address of this machine; use {string.Join(", ", machine.Addresses.Except(["127.0.0.1"]).Prepend("0.0.0.0").Prepend("127.0.0.1"))}"));
        else if (!directory.IsHeld)
            // A lab that runs in the same directory has the same ports too: one cause, one line.
            faults.AddRange(Ports(options, containers, machine));
        faults.AddRange(Memory(options, containers, machine.MemoryBytes));
        return faults;
    }

    public static IReadOnlyList<WantedPort> WantedPorts(LabOptions options, bool containers)
    {
        LabPorts ports = LabPorts.Of(options);
        string bind = options.BindAddress;
        string dashboard = options.Dashboard.Port is null ? PortBase : DashboardPort;
        IEnumerable<int> brokers = Enumerable.Range(1, options.Kafka.Brokers);
        WantedPort[] all =
        [
            new(ports.MySql, ResourceNames.MySql, bind, PortBase),
            new(ports.ZooKeeper, ResourceNames.ZooKeeper, ServerRuntime.Loopback, PortBase),
            .. brokers.Select(id => new WantedPort(ports.External(id), $"{ResourceNames.Broker(id)} (EXTERNAL)", bind, PortBase)),
            .. brokers.Where(_ => !containers).Select(id => new WantedPort(ports.Internal(id), $"{ResourceNames.Broker(id)} (INTERNAL)", ServerRuntime.Loopback, PortBase)),
            new(containers ? ports.KafkaUi : 0, ResourceNames.KafkaUi, bind, PortBase),
            new(ports.Verifier, ResourceNames.Verifier, bind, PortBase),
            new(options.Debezium.Start ? ports.Connect : 0, ResourceNames.Connect, ServerRuntime.Loopback, PortBase),
            new(ports.Simulator, ResourceNames.OrderSimulator, ServerRuntime.Loopback, PortBase),
            new(options.Dashboard.Enabled ? ports.Dashboard : 0, "the dashboard", bind, dashboard),
            new(options.Dashboard.Enabled ? ports.DashboardOtlp : 0, "the dashboard's telemetry", ServerRuntime.Loopback, PortBase),
            new(options.Dashboard.Enabled ? ports.ResourceService : 0, "the dashboard's resource service", ServerRuntime.Loopback, PortBase),
        ];
        // 0 is any free port, or none.
        return [.. all.Where(p => p.Number != 0)];
    }

    private static IEnumerable<OptionFault> Ports(LabOptions options, bool containers, Machine machine)
    {
        IReadOnlyList<WantedPort> wanted = WantedPorts(options, containers);
        if (wanted.FirstOrDefault(p => p.Setting == DashboardPort) is { } dashboard && wanted.FirstOrDefault(p => p.Number == dashboard.Number && p != dashboard) is { } other)
        {
            yield return new(DashboardPort, Text(options, DashboardPort), $"is the port of {other.Name}; use another port");
            wanted = [.. wanted.Where(p => p != dashboard)];
        }

        foreach (IGrouping<string, (WantedPort Port, string? Why)> taken in wanted.Select(p => (Port: p, Why: machine.WhyNot(p))).Where(p => p.Why is not null).GroupBy(p => p.Port.Setting, StringComparer.Ordinal))
        {
            string each = string.Join("; ", taken.GroupBy(p => p.Why, StringComparer.Ordinal).Select(same => $"port {string.Join(", ", same.Select(p => $"{p.Port.Number} of {p.Port.Name}"))} {same.Key}"));
            yield return new(taken.Key, Text(options, taken.Key), $"{each}; end what has it, or set {taken.Key} to {(taken.Key == PortBase ? $"a free block of {LabPorts.BlockSize} such as {EasyBases.FirstOrDefault(b => PortUse.IsFreeBlock(b, options.BindAddress, machine.WhyNot), EasyBases[0])}" : "another port")}");
        }
    }

    private static IEnumerable<OptionFault> Memory(LabOptions options, bool containers, long machine)
    {
        // In decimal: caps of impossible size must give a fault here, not an overflow.
        (string Key, decimal Bytes)[] parts =
        [
            ("Lab:MySql:MemoryCap", options.MySql.MemoryCap),
            ("Lab:ZooKeeper:MemoryCap", options.ZooKeeper.MemoryCap),
            ("Lab:Kafka:MemoryCap", (decimal)options.Kafka.MemoryCap * options.Kafka.Brokers),
            ("Lab:KafkaUi:MemoryCap", containers ? options.KafkaUi.MemoryCap : 0),
            ("Lab:Debezium:MemoryCap", options.Debezium.Start ? options.Debezium.MemoryCap : 0),
        ];
        decimal sum = parts.Sum(p => p.Bytes);
        if (sum <= machine)
            yield break;
        string key = parts.MaxBy(p => p.Bytes).Key;
        string less = key.StartsWith("Lab:Kafka:", StringComparison.Ordinal) && options.Kafka.Brokers > 1 ? ", or use fewer brokers (Lab:Kafka:Brokers)" : "";
        yield return new(key, Text(options, key), string.Create(CultureInfo.InvariantCulture, $"the memory caps of all servers sum to {sum / ByteSize.MiB:N0} MiB, but this machine has {ByteSize.ToMiB(machine)}; lower it{less}"));
    }

    private static string? Text(LabOptions options, string key) => OptionCatalog.Get(key)!.Text(options);
}

internal static class PortUse
{
    // Below the range that Linux hands out for outgoing connections (32768 and up), which would take one between the look and the use.
    private const int FirstBase = 20_000;
    private const int LastBase = 32_000;
    private static readonly string[] SocketTables = ["/proc/net/tcp", "/proc/net/tcp6"];

    /// <summary>Why a port cannot be used now, as the end of a sentence; null where it can.</summary>
    public static string? WhyNot(WantedPort port)
    {
        using Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        // Java, MySQL and Kestrel all bind with it: connections that are still closing do not hinder them.
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Parse(port.BindAddress), port.Number));
            socket.Listen(1);
            return null;
        }
        catch (SocketException refused) when (refused.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            return Owner(port.Number) is { } owner ? $"is taken by {owner}" : "is taken by a process that this user may not see";
        }
        catch (SocketException refused)
        {
            return $"cannot be used ({refused.Message.TrimEnd('.')})";
        }
    }

    /// <summary>The base of a block in which every port is free, on loopback and on the lab's own address.</summary>
    /// <exception cref="IOException">There is none.</exception>
    public static int FreeBase(string bindAddress)
    {
        int[] bases = [.. Enumerable.Range(0, (LastBase - FirstBase) / LabPorts.BlockSize).Select(block => FirstBase + (block * LabPorts.BlockSize))];
        Random.Shared.Shuffle(bases);
        return bases.Where(b => IsFreeBlock(b, bindAddress, WhyNot)).Select(b => (int?)b).FirstOrDefault()
            ?? throw new IOException($"No {LabPorts.BlockSize} free ports in a row between {FirstBase} and {LastBase}.");
    }

    public static bool IsFreeBlock(int start, string bindAddress, Func<WantedPort, string?> whyNot) =>
        Enumerable.Range(start, LabPorts.BlockSize).All(port => new[] { ServerRuntime.Loopback, bindAddress }.Distinct().All(address => whyNot(new(port, "", address, "")) is null));

    /// <summary>The process that listens on a TCP port, e.g. <c>mysqld (pid 812)</c>; null where it cannot be seen.</summary>
    private static string? Owner(int port)
    {
        if (Inode(port) is not { } inode)
            return null;
        string link = $"socket:[{inode}]";
        return ProcessTable.All().Where(pid => Holds(pid, link)).Select(pid => $"{Name(pid)} (pid {pid})").FirstOrDefault();
    }

    // proc_net(5): "sl local_address rem_address st ... inode"; state 0A is LISTEN, the address is hexadecimal.
    private static string? Inode(int port)
    {
        string suffix = ":" + port.ToString("X4", CultureInfo.InvariantCulture);
        return SocketTables.Where(File.Exists).SelectMany(file => File.ReadLines(file).Skip(1))
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .FirstOrDefault(fields => fields.Length > 9 && fields[3] == "0A" && fields[1].EndsWith(suffix, StringComparison.Ordinal))?[9];
    }

    private static string Name(int pid)
    {
        string[] words = ProcessTable.CommandLine(pid);
        // A program that its own loader runs says its name there.
        string? program = Array.IndexOf(words, "--argv0") is > 0 and var at && at + 1 < words.Length ? words[at + 1] : words.FirstOrDefault();
        return program is null ? "a process" : Path.GetFileName(program);
    }

    private static bool Holds(int pid, string link)
    {
        try
        {
            return Directory.EnumerateFiles($"/proc/{pid}/fd").Any(fd => new FileInfo(fd).LinkTarget == link);
        }
        catch (Exception unseen) when (unseen is IOException or UnauthorizedAccessException)
        {
            // Another user's process, or one that has just ended.
            return false;
        }
    }
}
