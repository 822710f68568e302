using System.Globalization;
using System.Text.RegularExpressions;
using CdcLab.Model.Live;

namespace CdcLab.Model.Options.Validation;

/// <summary>Addresses and ports.</summary>
internal static partial class NetworkRules
{
    private const string BindAddress = "Lab:BindAddress";
    private const string PortBase = "Lab:PortBase";
    private const string DashboardPort = "Lab:Dashboard:Port";
    private const string Loopback = "127.0.0.1";
    private const string Everywhere = "0.0.0.0";

    // A port below needs a right that an ordinary user lacks.
    private const int FirstOrdinaryPort = 1024;
    private const int LastPortBase = 65_535 - LabPorts.BlockSize;

    public static void Judge(LabOptions options, MachineFacts facts, FaultList faults)
    {
        Bind(options, facts, faults);
        Advertised(options, faults);
        int first = facts.UserIsRoot ? 1 : FirstOrdinaryPort;
        if (options.PortBase != 0 && (options.PortBase < first || options.PortBase > LastPortBase))
            faults.Add(PortBase, OutOfRange(options.PortBase, facts), $"0 for the well-known ports, or a whole number from {FirstOrdinaryPort} to {LastPortBase}, would do");
        if (options.Dashboard.Port is { } port && (port < first || port > 65_535))
            faults.Add(DashboardPort, OutOfRange(port, facts), $"a whole number from {FirstOrdinaryPort} to 65535 would do");
    }

    public static void JudgePorts(LabOptions options, IReadOnlyList<LabPortUse> wanted, MachineFacts facts, FaultList faults)
    {
        // What the dashboard's own use of its port says is in the list too, with the dashboard's setting.
        if (!faults.Has(DashboardPort) && options.Dashboard is { Enabled: true, Port: { } dashboard } && wanted.FirstOrDefault(w => w.Port == dashboard && w.Setting != DashboardPort) is { } other)
            faults.Add(DashboardPort, $"is the port of {other.Who} ({other.Setting} = {faults.ValueOf(other.Setting)})", "another port would do");
        foreach (IGrouping<string, LabPortUse> taken in wanted.Where(w => facts.TakenPorts.ContainsKey(w.Port)).GroupBy(w => w.Setting))
        {
            string each = string.Join(", ", taken.Select(t => $"port {t.Port} of {t.Who} is taken{(facts.TakenPorts[t.Port] is { Length: > 0 } who ? $" by {who}" : "")}"));
            faults.Add(taken.Key, each, taken.Key == PortBase ? $"end what has it, or set {PortBase} to a block of free ports such as {FreeBase(facts)}" : "end what has it, or set another port");
        }
    }

    private static void Bind(LabOptions options, MachineFacts facts, FaultList faults)
    {
        string address = options.BindAddress;
        if (!IsIPv4(address))
            faults.Add(BindAddress, "is not an IPv4 address", $"{Loopback}, {Everywhere} or an address of this machine would do");
        else if (address is not (Loopback or Everywhere) && address.StartsWith("127.", StringComparison.Ordinal))
            faults.Add(BindAddress, $"is loopback, but not the address at which the lab reaches its own servers", $"{Loopback} would do");
        else if (address is not (Loopback or Everywhere) && facts.LocalAddresses is { } local && !local.Contains(address))
            faults.Add(BindAddress, "is not an address of this machine", $"{string.Join(", ", local.Except([Loopback]).Prepend(Everywhere).Prepend(Loopback))} would do");

        if (options.KafkaUi.Open && !faults.Has(BindAddress) && address != Loopback)
            faults.Add("Lab:KafkaUi:Open", $"Kafka UI would be writable and without a login for the network ({BindAddress} = {address})", $"false, or {BindAddress} = {Loopback}, would do");
    }

    private static void Advertised(LabOptions options, FaultList faults)
    {
        const string Key = "Lab:Kafka:AdvertisedHost";
        string host = options.Kafka.AdvertisedHost;
        if (host == Everywhere)
            faults.Add(Key, "is no address that a client could connect to", "a host name or an address of this machine would do");
        else if (!IsIPv4(host) && (host.Length > 253 || !HostName().IsMatch(host) || LooksLikeAddress().IsMatch(host)))
            faults.Add(Key, "is neither a host name nor an IPv4 address", "one without scheme, port and spaces, such as localhost or 192.168.0.7, would do");
        else if (!faults.Has(BindAddress) && options.BindAddress is not (Loopback or Everywhere) && (host == "localhost" || host.StartsWith("127.", StringComparison.Ordinal)))
            faults.Add(Key, $"clients would be sent to {host}, and the brokers listen on {options.BindAddress} only ({BindAddress})", $"{options.BindAddress}, or {BindAddress} = {Everywhere}, would do");
    }

    private static string OutOfRange(int port, MachineFacts facts) =>
        port is > 0 and < FirstOrdinaryPort && !facts.UserIsRoot ? "is below 1024, where only root may listen" : "is out of range";

    // Four numbers and nothing else: .NET's own parser also takes "1", "0x7f.1" and leading zeros, which other programs read as octal.
    private static bool IsIPv4(string text)
    {
        string[] parts = text.Split('.');
        return parts.Length == 4 && parts.All(p => p is { Length: > 0 and <= 3 } && p.All(char.IsAsciiDigit) && (p.Length == 1 || p[0] != '0') && int.Parse(p, CultureInfo.InvariantCulture) <= 255);
    }

    // The first base, of a few that are easy to remember, whose block has no port that is known to be taken.
    private static int FreeBase(MachineFacts facts) =>
        Enumerable.Range(20, 12).Select(thousand => thousand * 1000).FirstOrDefault(start => !facts.TakenPorts.Keys.Any(p => p >= start && p < start + LabPorts.BlockSize), 20_000);

    [GeneratedRegex(@"^[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?(\.[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?)*\z", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex HostName();

    [GeneratedRegex(@"^[0-9.]+\z", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex LooksLikeAddress();
}
