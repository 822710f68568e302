using CdcLab.Clients.Connect;

namespace CdcLab.Verifier.Checks;

internal sealed class ConnectAnswersCheck(VerifiedLab lab, ConnectClient connect) : AnswersCheck(
    new("connect.answers", ResourceNames.Connect, $"its REST API answers at {VerifiedLab.Loopback}:{lab.Ports.Connect}", "without it no change leaves MySQL")
    {
        How = "GET /",
        Remedy = ByState,
        Source = "Kafka Connect, REST API",
    })
{
    protected override async Task<IReadOnlyList<Verdict>> AskAsync(CancellationToken cancellationToken)
    {
        try
        {
            return [Promises[0].Ok($"answers, Kafka Connect {await connect.VersionAsync(cancellationToken)}")];
        }
        catch (ConnectException e)
        {
            throw ConnectorCheck.Silent(e);
        }
    }
}

/// <summary>The connector and its task run, with this lab's configuration.</summary>
internal sealed class ConnectorCheck(VerifiedLab lab, ConnectClient connect, TimeProvider time) : ICheck
{
    // The AppHost registers it within some seconds after the worker has come up.
    private static readonly TimeSpan Registration = TimeSpan.FromSeconds(20);
    private const string Configure = "Run `aspire resource orders-cdc configure`.";
    private const string Restart = "Run `aspire resource orders-cdc restart`.";

    // What MySQL, or the connector, says where its place in the binlog is no more.
    private static readonly string[] PositionGone = ["no longer available on the server", "purged", "ERROR_CODE 1236", "error code 1236", "Could not find first log file", "the connector is trying to read"];

    private static readonly Promise Connector = new("connect.connector", ResourceNames.OrdersCdc, "registered and RUNNING", "what is paused, stopped or not there sends nothing")
    {
        How = "GET /connectors/orders-cdc/status",
        Remedy = "resume, restart or configure of orders-cdc, by its state",
        Source = "Kafka Connect, REST API",
        Follows = ["connect.answers"],
    };

    private static readonly Promise Tasks = new("connect.tasks", ResourceNames.OrdersCdc, "one task, RUNNING", "a connector can be RUNNING while its only task has FAILED")
    {
        How = "the tasks of GET /connectors/orders-cdc/status, with the reason of one that failed",
        Remedy = "restart of orders-cdc; where its place in the binlog is gone, a new snapshot",
        Source = "Kafka Connect, REST API; Debezium's MySQL connector, \"When things go wrong\"",
        Follows = ["connect.answers", "connect.position", "connect.configuration", "connect.connector", "connect.server_id", ConnectSourceCheck.Id, "mysql.answers", "mysql.grants.debezium", "kafka.topics.max_message_bytes"],
    };

    private static readonly Promise Configuration = new("connect.configuration", ResourceNames.OrdersCdc, "the lab's own (docs/debezium.md), setting by setting", "a table that is left out, or another form of values, is no failure to Connect")
    {
        How = "GET /connectors/orders-cdc/config",
        Remedy = "configure of orders-cdc",
        Source = "docs/debezium.md",
        Follows = ["connect.answers"],
    };

    private readonly Dictionary<string, string> _expected = DebeziumSettings.Connector(lab.Options, lab.Containers, string.Join(',', lab.Brokers.Select(b => b.Internal))).ToDictionary(s => s.Name, s => s.Value);

    private bool _wasThere;
    private DateTimeOffset? _absentSince;

    public IReadOnlyList<Promise> Promises => [Connector, Tasks, Configuration];

    public static CannotLookException Silent(ConnectException e) => new(e.Message.TrimEnd('.'), Unreachable.Restart(ResourceNames.Connect), e, [ResourceNames.Connect]);

    public async Task<IReadOnlyList<Verdict>> LookAsync(CancellationToken cancellationToken)
    {
        try
        {
            return Judge(await connect.StatusAsync(cancellationToken), await connect.ConfigurationAsync(cancellationToken));
        }
        catch (ConnectException e)
        {
            (_wasThere, _absentSince) = (false, null);
            throw Silent(e);
        }
    }

    internal IReadOnlyList<Verdict> Judge(ConnectorStatus? status, IReadOnlyDictionary<string, string>? configuration)
    {
        if ((status is null || configuration is null) && !_wasThere && time.GetUtcNow() - (_absentSince ??= time.GetUtcNow()) < Registration)
            return [.. Promises.Select(p => p.Unknown("The worker has come up, and the connector is not registered yet.", "Wait some seconds."))];
        (_wasThere, _absentSince) = (true, null);
        if (status is null || configuration is null)
            return [Connector.Failed("Kafka Connect has no connector orders-cdc", Configure), Tasks.Failed("there is none", Configure), Configuration.Failed("there is none", Configure) with { Follows = ["connect.connector"] }];
        return [Of(status.Connector), Of(status), Compare(configuration)];
    }

    private static Verdict Of(ConnectState connector) => connector.State switch
    {
        "RUNNING" => Connector.Ok("RUNNING"),
        // Not to be resumed where its place is gone.
        "PAUSED" or "STOPPED" => Connector.Failed(connector.State, "Run `aspire resource orders-cdc resume`.") with { Follows = [.. Connector.Follows, "connect.position"] },
        "UNASSIGNED" => Connector.Unknown("It is UNASSIGNED: the worker has just started, or is rebalancing.", "Wait some seconds."),
        _ => Connector.Failed($"{connector.State}{(connector.Reason is { } why ? $": {why}" : "")}", Restart),
    };

    private static Verdict Of(ConnectorStatus status)
    {
        ConnectState[] stopped = [.. status.Tasks.Where(t => t.State != "RUNNING")];
        if (status.Tasks.Count > 0 && stopped.Length == 0)
            return Tasks.Ok($"{status.Tasks.Count} RUNNING");
        if (stopped.FirstOrDefault(t => t.State == "FAILED") is { } failed)
        {
            bool gone = PositionGone.Any(p => failed.Trace?.Contains(p, StringComparison.OrdinalIgnoreCase) == true);
            return Tasks.Failed(
                $"FAILED: {failed.Reason}",
                gone ? "Its place in the binlog is gone, and what was committed since is lost to consumers. A new snapshot sends every row as it is now: `aspire resource orders-cdc snapshot`." : Restart)
                with
            { Afterwards = gone ? null : "Then have the connector's task, which has failed, begin anew: `aspire resource orders-cdc restart`." };
        }

        return status.Connector.State == "RUNNING" && (status.Tasks.Count == 0 || stopped.All(t => t.State is "UNASSIGNED" or "RESTARTING"))
            ? Tasks.Unknown(status.Tasks.Count == 0 ? "No task has been made yet." : "Its task is being assigned.", "Wait some seconds.")
            : Tasks.Failed(status.Tasks.Count == 0 ? "none" : string.Join(", ", status.Tasks.Select(t => t.State)), "Run `aspire resource orders-cdc resume`.");
    }

    private Verdict Compare(IReadOnlyDictionary<string, string> actual)
    {
        string[] differ =
        [
            .. _expected.Where(e => !actual.TryGetValue(e.Key, out string? value) || value != e.Value).Select(e => $"{e.Key} is {actual.GetValueOrDefault(e.Key) ?? "not set"}, not {e.Value}"),
            .. actual.Keys.Where(k => !_expected.ContainsKey(k)).Order(StringComparer.Ordinal).Select(k => $"{k}={actual[k]} is not the lab's"),
        ];
        return differ.Length == 0 ? Configuration.Ok($"{_expected.Count} settings, all the lab's") : Configuration.Failed(KafkaFix.Named(differ), Configure);
    }
}
