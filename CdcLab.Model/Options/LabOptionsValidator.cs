using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Options;

namespace CdcLab.Model.Options;

/// <summary>Judges options by themselves and against each other. What depends on the machine (taken ports, free memory, the data directory) is judged by the AppHost.</summary>
/// <param name="unreadable">Keys whose values could not be read, so that others are not judged against the defaults that stand in.</param>
public sealed partial class LabOptionsValidator(params IReadOnlyCollection<string> unreadable) : IValidateOptions<LabOptions>
{
    private const string Loopback = "127.0.0.1";
    private const string Everywhere = "0.0.0.0";
    private const int FirstOrdinaryPort = 1024;
    private const int LastPort = 65_535;

    // Connections that the lab itself needs beside the simulator's workers.
    private const int OtherConnections = 10;

    // A JVM's own needs beside its heap: metaspace, threads, code cache, direct buffers.
    private const long JavaBeside = 128 * ByteSize.MiB;

    // Measured: 440 MB resident with a heap of 256 MiB.
    private const long ConnectBeside = 224 * ByteSize.MiB;

    // Measured: an idle MySQL 9.7 with the lab's settings takes 300 MB before its buffer pool fills.
    private const long MySqlBeside = 256 * ByteSize.MiB;

    private readonly List<OptionFault> _faults = [];
    private LabOptions _options = new();

    public ValidateOptionsResult Validate(string? name, LabOptions options)
    {
        _options = options;
        _faults.Clear();
        Ranges();
        Names();
        Network();
        Memory();
        Kafka();
        Archive();
        Connections();
        return _faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(_faults.Select(f => f.ToString()));
    }

    private void Ranges()
    {
        foreach (OptionEntry option in OptionCatalog.All)
        {
            if (option.Value(_options) is not { } value)
                continue;
            foreach (ValidationAttribute rule in option.Rules.Where(r => !r.IsValid(value)))
                Add(option.Key, rule is RangeAttribute range ? $"is out of range; use {range.Minimum} to {range.Maximum}" : rule.FormatErrorMessage(option.Key));
        }
    }

    private void Names()
    {
        if (!LabName().IsMatch(_options.Name))
            Add("Lab:Name", "cannot be part of a container's name; use 1 to 32 lower-case letters, digits and dashes, no dash first or last");
        foreach ((string key, string image) in new[] { ("Lab:MySql:Image", _options.MySql.Image), ("Lab:ZooKeeper:Image", _options.ZooKeeper.Image), ("Lab:Kafka:Image", _options.Kafka.Image), ("Lab:KafkaUi:Image", _options.KafkaUi.Image), ("Lab:Debezium:Image", _options.Debezium.Image) })
        {
            if (image.Length > 255 || !ImageName().IsMatch(image))
                Add(key, $"is not the name of a container image; use a name such as {OptionCatalog.Get(key)!.Default}");
        }

        if (_options.DataDirectory is not { } path)
            return;
        if (path.Any(char.IsControl) || path.Length > 1000 || path.Split('/').Any(part => System.Text.Encoding.UTF8.GetByteCount(part) > 255))
            Add("Lab:DataDirectory", "is not a path that a folder can have; use a shorter path without control characters");
        else if (path.Contains(',', StringComparison.Ordinal))
            Add("Lab:DataDirectory", "has a comma, at which Kafka's log.dirs would split it; use a path without a comma");
        else if (path.Split('/').Any(part => part.StartsWith('~')))
            Add("Lab:DataDirectory", "has a ~, which is not expanded here; write the path out, as in $HOME/lab");
    }

    private void Network()
    {
        string bind = _options.BindAddress;
        if (!IsIPv4(bind))
            Add("Lab:BindAddress", $"is not an IPv4 address; use {Loopback}, {Everywhere} or an address of this machine");
        else if (bind != Loopback && bind.StartsWith("127.", StringComparison.Ordinal))
            Add("Lab:BindAddress", $"is not the loopback address at which the lab reaches its own servers; use {Loopback}");
        if (_options.KafkaUi.Open && !Has("Lab:BindAddress") && bind != Loopback)
            Add("Lab:KafkaUi:Open", $"would show Kafka UI writable and without a login to the network (Lab:BindAddress = {bind}); use false, or Lab:BindAddress = {Loopback}");

        const string Advertised = "Lab:Kafka:AdvertisedHost";
        string host = _options.Kafka.AdvertisedHost;
        if (host == Everywhere)
            Add(Advertised, "is not an address that a client can connect to; use a host name or an address of this machine");
        else if (!IsIPv4(host) && (host.Length > 253 || !HostName().IsMatch(host) || host.All(c => c == '.' || char.IsAsciiDigit(c))))
            Add(Advertised, "is neither a host name nor an IPv4 address; use one without scheme, port and spaces, such as localhost or 192.168.0.7");
        else if (!Has("Lab:BindAddress") && bind is not (Loopback or Everywhere) && (host == "localhost" || host.StartsWith("127.", StringComparison.Ordinal)))
            Add(IsDefault(Advertised) ? "Lab:BindAddress" : Advertised, $"would let the brokers listen on {bind} only (Lab:BindAddress) and send clients to {host} ({Advertised}); use an address of this machine for both, or Lab:BindAddress = {Everywhere}");

        int lastBase = LastPort - LabPorts.BlockSize;
        if (_options.PortBase != 0 && (_options.PortBase < FirstOrdinaryPort || _options.PortBase > lastBase))
            Add("Lab:PortBase", $"is out of range; use 0 for the well-known ports, or {FirstOrdinaryPort} to {lastBase}");
        if (_options.Dashboard.Port is { } port && (port < FirstOrdinaryPort || port > LastPort))
            Add("Lab:Dashboard:Port", $"is out of range; use {FirstOrdinaryPort} to {LastPort}");
    }

    private void Memory()
    {
        Fits("Lab:MySql:BufferPool", _options.MySql.BufferPool, "Lab:MySql:MemoryCap", _options.MySql.MemoryCap, MySqlBeside, "MySQL");
        Fits("Lab:ZooKeeper:Heap", _options.ZooKeeper.Heap, "Lab:ZooKeeper:MemoryCap", _options.ZooKeeper.MemoryCap, JavaBeside, "Java");
        Fits("Lab:Kafka:Heap", _options.Kafka.Heap, "Lab:Kafka:MemoryCap", _options.Kafka.MemoryCap, JavaBeside, "Java");
        Fits("Lab:Debezium:Heap", _options.Debezium.Heap, "Lab:Debezium:MemoryCap", _options.Debezium.MemoryCap, ConnectBeside, "Kafka Connect");
    }

    private void Fits(string innerKey, long inner, string capKey, long cap, long beside, string who) => Together(
        inner <= cap - beside,
        innerKey,
        $"does not fit {capKey} = {ByteSize.ToText(cap)} with the {ByteSize.ToText(beside)} that {who} needs beside it; use at most {ByteSize.ToText(cap - beside)}, or a higher cap",
        capKey,
        $"has no room for {innerKey} = {ByteSize.ToText(inner)} and the {ByteSize.ToText(beside)} that {who} needs beside it; use {(inner <= long.MaxValue - beside ? $"at least {ByteSize.ToText(inner + beside)}, or " : "")}a lower {innerKey}");

    private void Kafka()
    {
        const string Brokers = "Lab:Kafka:Brokers";
        const string Factor = "Lab:Kafka:ReplicationFactor";
        const string Minimum = "Lab:Kafka:MinInSyncReplicas";
        KafkaOptions kafka = _options.Kafka;
        Together(
            kafka.ReplicationFactor <= kafka.Brokers,
            Factor,
            $"is more than there are brokers ({Brokers} = {kafka.Brokers}); use 1 to {kafka.Brokers}, or more brokers",
            Brokers,
            $"is fewer than each partition has copies ({Factor} = {kafka.ReplicationFactor}); use at least {kafka.ReplicationFactor}, or {Factor} of at most {kafka.Brokers}");
        Together(
            kafka.MinInSyncReplicas <= kafka.ReplicationFactor,
            Minimum,
            $"is more than each partition has copies ({Factor} = {kafka.ReplicationFactor}), so that nothing could be written; use 1 to {kafka.ReplicationFactor}",
            Factor,
            $"is fewer copies than must be in sync ({Minimum} = {kafka.MinInSyncReplicas}), so that nothing could be written; use at least {kafka.MinInSyncReplicas}, or a lower {Minimum}");

        const string Session = "Lab:Kafka:SessionTimeout";
        const string Tick = "Lab:ZooKeeper:TickTime";
        // Twenty ticks that are out of range could be more than a TimeSpan holds.
        if (Has(Tick))
            return;
        TimeSpan tick = _options.ZooKeeper.TickTime;
        TimeSpan session = kafka.SessionTimeout;
        // ZooKeeper would not refuse it: it would silently use the nearest value that it allows.
        Together(
            session >= 2 * tick && session <= 20 * tick,
            Session,
            $"is outside ZooKeeper's 2 to 20 ticks ({Tick} = {DurationText.ToText(tick)}); use {DurationText.ToText(2 * tick)} to {DurationText.ToText(20 * tick)}",
            Tick,
            $"puts {Session} = {DurationText.ToText(session)} outside ZooKeeper's 2 to 20 ticks; use {DurationText.ToText(session / 20)} to {DurationText.ToText(session / 2)}");
    }

    private void Archive()
    {
        const string Archive = "Lab:Kafka:ArchiveUrl";
        Uri address = _options.Kafka.ArchiveUrl;
        if (ArchiveName().Match(Uri.UnescapeDataString(address.Segments[^1])) is not { Success: true } match)
            Add(Archive, "does not end in the name of a Kafka release; use an address that ends in a name such as kafka_2.13-3.5.2.tgz");
        else if (int.Parse(match.Groups["major"].ValueSpan, CultureInfo.InvariantCulture) is < 1 or > 3)
            Add(Archive, "names a Kafka without ZooKeeper (4.0 and later), or one from before 1.0; use a release from 1.0 to 3.9, such as kafka_2.13-3.5.2.tgz");
        if (address.UserInfo.Length > 0)
            Add(Archive, "holds a user name or password, which would be shown wherever the address is; use the address without them");
    }

    private void Connections()
    {
        const string Most = "Lab:MySql:MaxConnections";
        int needed = _options.Simulator.Workers + OtherConnections;
        if (!Has(Most) && !Has("Lab:Simulator:Workers") && _options.MySql.MaxConnections < needed)
            Add(Most, $"is too few for {_options.Simulator.Workers} workers (Lab:Simulator:Workers) and {OtherConnections} other connections; use at least {needed}");
    }

    private void Add(string key, string problem) => _faults.Add(new(key, OptionCatalog.Get(key)!.Text(_options), problem));

    private bool Has(string key) => unreadable.Contains(key) || _faults.Any(f => f.Setting == key);

    // Of two settings that do not go together the one that somebody set is told: it is the one they look for.
    private void Together(bool fits, string key, string problem, string other, string otherProblem)
    {
        if (fits || Has(key) || Has(other))
            return;
        if (IsDefault(key) && !IsDefault(other))
            Add(other, otherProblem);
        else
            Add(key, problem);
    }

    private bool IsDefault(string key) => OptionCatalog.Get(key) is { } option && option.Text(_options) == option.Default;

    // Four decimal numbers and nothing else: .NET's parser also takes "1", "0x7f.1" and leading zeros, which other programs read as octal.
    private static bool IsIPv4(string text) => IPAddress.TryParse(text, out IPAddress? address) && address.AddressFamily == AddressFamily.InterNetwork && address.ToString() == text;

    [GeneratedRegex(@"^[a-z0-9]([a-z0-9-]{0,30}[a-z0-9])?\z", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex LabName();

    // The reference grammar of container engines: [registry[:port]/]path[:tag][@digest].
    [GeneratedRegex(
        @"^([a-zA-Z0-9]([a-zA-Z0-9.-]*[a-zA-Z0-9])?(:[0-9]{1,5})?/)?[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*(/[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*)*(:[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?(@[a-z0-9]+:[0-9a-f]{32,128})?\z",
        RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant,
        matchTimeoutMilliseconds: 1000)]
    private static partial Regex ImageName();

    [GeneratedRegex(@"^[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?(\.[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?)*\z", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex HostName();

    [GeneratedRegex(@"^kafka_2\.\d+-(?<major>\d{1,4})(\.\d+){1,3}\.tgz\z", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex ArchiveName();
}
