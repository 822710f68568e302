using Dapper;
using MySqlConnector;

namespace CdcLab.Verifier.Checks;

/// <summary>Nobody changed the server while it runs: what has no check of its own is as it was when this server was first looked at.</summary>
internal sealed class MySqlDynamicSettingsCheck(MySqlOptions mysql, MySqlAccess access, VariablesBaseline baseline, TimeProvider time) : MySqlCheck(access, Dynamic)
{
    private static readonly Promise Dynamic = new(
        "mysql.dynamic_settings",
        ResourceNames.MySql,
        "no variable was changed while the server runs, and none is persisted; one that is checked by itself fails there",
        "it overrules what the lab starts the server with, and what was persisted outlasts restarts")
    {
        How = "SHOW GLOBAL VARIABLES against what they were when this server was first looked at, for those whose source is DYNAMIC; persisted_variables",
        Remedy = "SET GLOBAL to what it was, RESET PERSIST where it was persisted; a restart of mysql takes back all that is not persisted",
        Source = "MySQL Reference Manual, \"System Variable Privileges\" and \"Persisted System Variables\"",
    };

    // Cannot be set back while there is such a revoke.
    private const string PartialRevokes = "partial_revokes";

    private readonly HashSet<string> _others =
        new([.. MySqlSettingsCheck.Judged(mysql), "gtid_executed", "gtid_purged"], StringComparer.OrdinalIgnoreCase);

    protected override async Task<Verdict> JudgeAsync(MySqlConnection connection, Promise promise, CancellationToken cancellationToken)
    {
        (_, long uptime) = await connection.QuerySingleAsync<(string, long)>(new CommandDefinition("SHOW GLOBAL STATUS LIKE 'Uptime'", cancellationToken: cancellationToken));
        // Beside the answer: what follows may take long.
        DateTimeOffset started = time.GetUtcNow() - TimeSpan.FromSeconds(uptime);
        return Judge(await GlobalVariables.ReadAsync(connection, cancellationToken), started);
    }

    internal Verdict Judge(GlobalVariables variables, DateTimeOffset started)
    {
        (DateTimeOffset since, IReadOnlyDictionary<string, string> first) = baseline.Of(started, variables.Values);
        // A limit goes before what it limits.
        string[] changed =
            [.. variables.Dynamic.Where(v => !_others.Contains(v) && variables.Values.GetValueOrDefault(v) != first.GetValueOrDefault(v)).OrderBy(v => v == PartialRevokes).ThenByDescending(v => v.StartsWith("max_", StringComparison.OrdinalIgnoreCase)).ThenBy(v => v, StringComparer.Ordinal)];
        string[] persisted = [.. variables.Persisted.Keys.Where(v => !_others.Contains(v)).Order()];
        if (changed.Length == 0 && persisted.Length == 0)
            return Dynamic.Ok($"none since {since.UtcDateTime:yyyy-MM-dd HH:mm} UTC");
        string[] found =
        [
            .. changed.Select(v => $"{v} is {Shown(variables.Values.GetValueOrDefault(v))}, was {Shown(first.GetValueOrDefault(v))}"),
            .. persisted.Select(v => $"{v}={Shown(variables.Persisted[v])} is persisted"),
        ];
        return Dynamic.Failed(
            KafkaFix.Named(found),
            Typed.AsRoot([.. persisted.Select(v => $"RESET PERSIST IF EXISTS {v}"), .. changed.Select(v => $"SET GLOBAL {v} = {(first.TryGetValue(v, out string? was) ? Value(was) : "DEFAULT")}")])) with
        {
            Follows = changed is [PartialRevokes] ? ["mysql.grants.debezium", "mysql.grants.simulator"] : [],
        };
    }

    private static string Shown(string? value) => string.IsNullOrEmpty(value) ? "(empty)" : value;

    private static string Value(string? value) => decimal.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out _) ? value : SqlText.Literal(value ?? "");
}
