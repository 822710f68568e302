using CdcLab.Model.Options;

namespace CdcLab.Model.Live;

/// <summary>What the host hands a service, all of it by <c>Lab__*</c> environment variables: effective options, ports, abilities, and the secrets that this service needs.</summary>
public sealed record ServiceHandover
{
    private const string PortPrefix = "Lab:Ports:";
    private const string NotPossiblePrefix = "Lab:NotPossible:";
    private const string KafkaClientPrefix = "Lab:KafkaClient:";

    /// <summary>The effective options.</summary>
    public required LabOptions Options { get; init; }

    /// <summary>The lab's ports, none of them 0.</summary>
    public required LabPorts Ports { get; init; }

    /// <summary>What this lab is and can show.</summary>
    public required LabAbilities Abilities { get; init; }

    /// <summary>The bearer token of the control endpoint and of both services' APIs.</summary>
    public required string Token { get; init; }

    /// <summary>The lab's data directory; the simulator's ledger lies in it.</summary>
    public required string DataDirectory { get; init; }

    /// <summary>Password of <c>debezium</c>, for the verifier only.</summary>
    public string? DebeziumPassword { get; init; }

    /// <summary>Password of <c>simulator</c>, for the simulator only.</summary>
    public string? SimulatorPassword { get; init; }

    /// <summary>Writes the handover as environment variables.</summary>
    /// <returns>Names such as <c>Lab__Kafka__Brokers</c> and their values.</returns>
    public IReadOnlyDictionary<string, string> ToVariables()
    {
        Dictionary<string, string> values = new(StringComparer.Ordinal);
        foreach ((string key, string text) in LabSettings.Write(Options))
            values[key] = text;
        foreach ((string name, string port) in Ports.Write())
            values[PortPrefix + name] = port;
        // By number, not by id: an id has a dot, and some shells drop variables with a dot in their name.
        foreach ((int i, NotPossible item) in Abilities.NotPossibleHere.Index())
        {
            values[$"{NotPossiblePrefix}{i}:Id"] = item.Id;
            values[$"{NotPossiblePrefix}{i}:Reason"] = item.Reason;
        }

        foreach ((int i, (string name, string value)) in Abilities.KafkaClientSettings.Index())
        {
            values[$"{KafkaClientPrefix}{i}:Name"] = name;
            values[$"{KafkaClientPrefix}{i}:Value"] = value;
        }

        values["Lab:Abilities:Runtime"] = Abilities.Runtime;
        values["Lab:Abilities:MySql"] = Abilities.MySqlDescription;
        values["Lab:Abilities:Kafka"] = Abilities.KafkaDescription;
        values["Lab:Abilities:CapsEnforced"] = Abilities.CapsEnforced ? "true" : "false";
        values["Lab:Token"] = Token;
        values["Lab:DataDirectory"] = DataDirectory;
        if (DebeziumPassword is not null)
            values["Lab:Passwords:Debezium"] = DebeziumPassword;
        if (SimulatorPassword is not null)
            values["Lab:Passwords:Simulator"] = SimulatorPassword;
        return values.ToDictionary(v => v.Key.Replace(":", "__", StringComparison.Ordinal), v => v.Value, StringComparer.Ordinal);
    }

    /// <summary>Reads a handover out of a service's configuration.</summary>
    /// <param name="configuration">All keys below <c>Lab</c>, e.g. <c>Lab:Kafka:Brokers</c>, with their texts.</param>
    /// <returns>The handover.</returns>
    /// <exception cref="FormatException">Something is missing: the service was not started by a host.</exception>
    public static ServiceHandover Read(IEnumerable<KeyValuePair<string, string?>> configuration)
    {
        Dictionary<string, string> values = new(StringComparer.OrdinalIgnoreCase);
        foreach ((string key, string? text) in configuration)
        {
            if (text is not null)
                values[key] = text;
        }

        string Get(string key) => values.GetValueOrDefault(key)
            ?? throw new FormatException($"{key} is missing. The services are started by the host (dotnet run --project CdcLab.AppHost), which hands them their settings.");

        HashSet<string> known = new(LabSettings.All.Select(s => s.Key), StringComparer.OrdinalIgnoreCase);
        (LabOptions options, _) = SettingsReader.Read(values.Where(v => known.Contains(v.Key)).Select(v => KeyValuePair.Create(v.Key, (string?)v.Value)));
        return new()
        {
            Options = options,
            Ports = LabPorts.Read(name => values.GetValueOrDefault(PortPrefix + name)),
            Abilities = new(
                Get("Lab:Abilities:Runtime"),
                Get("Lab:Abilities:MySql"),
                Get("Lab:Abilities:Kafka"),
                Get("Lab:Abilities:CapsEnforced") == "true",
                ReadNotPossible(values))
            {
                KafkaClientSettings = ReadKafkaClientSettings(values),
            },
            Token = Get("Lab:Token"),
            DataDirectory = Get("Lab:DataDirectory"),
            DebeziumPassword = values.GetValueOrDefault("Lab:Passwords:Debezium"),
            SimulatorPassword = values.GetValueOrDefault("Lab:Passwords:Simulator"),
        };
    }

    private static IReadOnlyDictionary<string, string> ReadKafkaClientSettings(Dictionary<string, string> values)
    {
        Dictionary<string, string> settings = new(StringComparer.Ordinal);
        while (values.GetValueOrDefault($"{KafkaClientPrefix}{settings.Count}:Name") is { } name)
            settings[name] = values.GetValueOrDefault($"{KafkaClientPrefix}{settings.Count}:Value") ?? "";
        return settings.Count == 0 ? LabAbilities.NoSettings : settings;
    }

    private static List<NotPossible> ReadNotPossible(Dictionary<string, string> values)
    {
        List<NotPossible> items = [];
        while (values.GetValueOrDefault($"{NotPossiblePrefix}{items.Count}:Id") is { } id)
            items.Add(new(id, values.GetValueOrDefault($"{NotPossiblePrefix}{items.Count}:Reason") ?? ""));
        return items;
    }
}
