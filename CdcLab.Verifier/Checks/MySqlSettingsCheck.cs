using MySqlConnector;

namespace CdcLab.Verifier.Checks;

/// <summary>The running server's settings are those that the lab starts it with, and those that must stay at the server's default; none waits for the next start to change.</summary>
internal sealed class MySqlSettingsCheck(MySqlOptions mysql, MySqlAccess access) : ICheck
{
    private const string Redo = "innodb_redo_log_capacity";
    private const string BufferPool = "innodb_buffer_pool_size";
    private const string GtidMode = "gtid_mode";
    private const string RowValueOptions = "binlog_row_value_options";
    private const string Sessions = " Sessions keep what they began with: `aspire resource order-simulator restart`.";
    private const string Source = "specification, 2.3; MySQL Reference Manual, server system variables";

    // Set by nobody: the specification leaves them at the server's defaults, which are the durable ones.
    private static readonly ServerSetting[] Defaults =
    [
        new("sync_binlog", "1", "a commit that was acknowledged must be in the binlog after a crash"),
        new("innodb_flush_log_at_trx_commit", "1", "a commit that was acknowledged must be there after a crash"),
        new(RowValueOptions, "", "Debezium needs whole JSON values, not the parts that changed (PARTIAL_JSON)"),
    ];

    // Each alone keeps clients from writing, or from coming in at all.
    private static readonly string[] Modes = ["read_only", "super_read_only", "offline_mode", "transaction_read_only", "innodb_read_only"];

    // A session takes these from the server when it begins, and writes the binlog by its own.
    private static readonly string[] OfSessions = ["binlog_format", "binlog_row_image", RowValueOptions];

    // The order in which it can be changed while the server runs, step by step.
    private static readonly string[] GtidModes = ["OFF", "OFF_PERMISSIVE", "ON_PERMISSIVE", "ON"];

    private readonly (ServerSetting Setting, Promise Promise)[] _settings =
        [.. MySqlSettings.Checked(mysql).Concat(Defaults).Select(s => (s, new Promise($"mysql.{s.Variable}", ResourceNames.MySql, Shown(s.Expected), s.Because)
        {
            How = $"{s.Variable} in SHOW GLOBAL VARIABLES, and what SET PERSIST left for the next start",
            Remedy = "SET GLOBAL where it was set while the server runs, RESET PERSIST where it was persisted, else a restart of mysql",
            Source = Source,
        }))];

    private readonly Promise _mode = new(
        "mysql.mode", ResourceNames.MySql, $"{string.Join(", ", Modes)} are OFF, the redo log is enabled, {OrdersSchema.Database} takes writes, and the server replicates from nobody",
        "a source that takes no writes has no changes to capture, and one without a redo log loses them all in a crash")
    {
        How = "SHOW GLOBAL VARIABLES, what SET PERSIST left for the next start, Innodb_redo_log_enabled in SHOW GLOBAL STATUS, the options of the database in information_schema, replication_connection_configuration",
        Remedy = "SET GLOBAL name = OFF, RESET PERSIST where it was persisted; ALTER INSTANCE ENABLE INNODB REDO_LOG; ALTER DATABASE ... READ ONLY = 0; STOP REPLICA and RESET REPLICA ALL",
        Source = Source,
    };

    /// <summary>The variables that this check judges.</summary>
    public static IEnumerable<string> Judged(MySqlOptions mysql) => [.. MySqlSettings.Checked(mysql).Concat(Defaults).Select(s => s.Variable), .. Modes];

    public IReadOnlyList<Promise> Promises => [.. _settings.Select(s => s.Promise), _mode];

    public async Task<IReadOnlyList<Verdict>> LookAsync(CancellationToken cancellationToken)
    {
        await using MySqlConnection connection = await access.OpenAsync(cancellationToken);
        return Judge(await GlobalVariables.ReadAsync(connection, cancellationToken));
    }

    public IReadOnlyList<Verdict> Judge(GlobalVariables variables) => [.. _settings.Select(s => Judge(s.Setting, s.Promise, variables)), Mode(variables)];

    private static Verdict Judge(ServerSetting setting, Promise promise, GlobalVariables variables)
    {
        if (!variables.Values.TryGetValue(setting.Variable, out string? actual))
            return setting.Variable == Redo ? RedoBefore8030(promise, variables.Values) : promise.Failed("the server has no such variable", "Run MySQL 8.0 or later.");
        bool isRight = IsAsExpected(setting, actual, variables.Values);
        if (variables.Persisted.TryGetValue(setting.Variable, out string? next) && !IsAsExpected(setting, next, variables.Values))
        {
            return promise.Failed(
                isRight ? $"{Shown(actual)} now, but {Shown(next)} is persisted and holds from the next start on" : $"{Shown(actual)}; {Shown(next)} is persisted",
                Typed.AsRoot([$"RESET PERSIST IF EXISTS {setting.Variable}", .. isRight ? [] : Set(setting, actual)]) + (!isRight && OfSessions.Contains(setting.Variable) ? Sessions : ""));
        }

        // What was not set while it ran was set by what it was started with.
        return isRight ? promise.Ok(Shown(actual))
            : variables.Dynamic.Contains(setting.Variable) ? promise.Failed(Shown(actual), Typed.AsRoot([.. Set(setting, actual)]) + (OfSessions.Contains(setting.Variable) ? Sessions : ""))
            : promise.Failed(Shown(actual), $"Run `aspire resource mysql restart`: the lab starts it with {(Defaults.Contains(setting) ? "the server's own default" : $"--{setting.Name.Replace("loose_", "", StringComparison.Ordinal).Replace('_', '-')}={setting.Value}")}.");
    }

    private static IEnumerable<string> Set(ServerSetting setting, string actual)
    {
        string[] steps = setting.Variable == GtidMode && Array.IndexOf(GtidModes, actual) is >= 0 and var at ? GtidModes[(at + 1)..] : [setting.Expected];
        return steps.Select(step => $"SET GLOBAL {setting.Variable} = {(step.Length > 0 && step.All(char.IsAsciiDigit) ? step : $"'{step}'")}");
    }

    private static bool IsAsExpected(ServerSetting setting, string actual, IReadOnlyDictionary<string, string> variables) =>
        string.Equals(actual, setting.Expected, StringComparison.OrdinalIgnoreCase) || (setting.Variable == BufferPool && IsRoundedUp(setting.Expected, actual, variables));

    // Servers before 8.0.30 know the size and the number of the redo log's files instead of their sum.
    private static Verdict RedoBefore8030(Promise promise, IReadOnlyDictionary<string, string> variables)
    {
        if (!long.TryParse(variables.GetValueOrDefault("innodb_log_file_size"), CultureInfo.InvariantCulture, out long size)
            || !long.TryParse(variables.GetValueOrDefault("innodb_log_files_in_group"), CultureInfo.InvariantCulture, out long files))
            return promise.Failed("the server has no such variable, nor what takes its place", "Run MySQL 8.0 or later.");
        string actual = $"{files} files of {size} bytes each (innodb_log_file_size)";
        return (files * size).ToString(CultureInfo.InvariantCulture) == promise.Expected
            ? promise.Ok(actual)
            : promise.Failed(actual, $"Run `aspire resource mysql restart`: the lab starts it with --innodb-log-file-size={long.Parse(promise.Expected, CultureInfo.InvariantCulture) / files}.");
    }

    // MySQL makes a buffer pool a whole number of chunks in each of its instances.
    private static bool IsRoundedUp(string expected, string actual, IReadOnlyDictionary<string, string> variables)
    {
        if (!long.TryParse(expected, CultureInfo.InvariantCulture, out long wanted) || !long.TryParse(actual, CultureInfo.InvariantCulture, out long is_)
            || !long.TryParse(variables.GetValueOrDefault("innodb_buffer_pool_chunk_size"), CultureInfo.InvariantCulture, out long chunk)
            || !long.TryParse(variables.GetValueOrDefault("innodb_buffer_pool_instances"), CultureInfo.InvariantCulture, out long instances))
            return false;
        long unit = Math.Max(chunk * instances, ByteSize.MiB);
        return is_ == (wanted + unit - 1) / unit * unit;
    }

    private Verdict Mode(GlobalVariables variables)
    {
        if (variables.Values.TryGetValue(GlobalVariables.ReplicatesFrom, out string? source))
            return _mode.Failed($"it replicates from {source}: somebody else's changes become its own", Typed.AsRoot("STOP REPLICA", "RESET REPLICA ALL"));
        // None of these is a variable: without it InnoDB writes no redo log, or takes no write to the database, until somebody says so.
        if (variables.Values.GetValueOrDefault(GlobalVariables.RedoLogEnabled) == "OFF")
            return _mode.Failed("the redo log is disabled: a crash loses the whole server", Typed.AsRoot("ALTER INSTANCE ENABLE INNODB REDO_LOG"));
        if (variables.Values.GetValueOrDefault(GlobalVariables.DatabaseOptions)?.Contains("READ ONLY=1", StringComparison.OrdinalIgnoreCase) == true)
            return _mode.Failed($"the database {OrdersSchema.Database} is read only", Typed.AsRoot($"ALTER DATABASE {OrdersSchema.Database} READ ONLY = 0"));
        string[] on = [.. Modes.Where(m => IsOn(variables.Values.GetValueOrDefault(m)))], persisted = [.. Modes.Where(m => IsOn(variables.Persisted.GetValueOrDefault(m)))];
        if (on.Length == 0 && persisted.Length == 0)
            return _mode.Ok(Modes.All(variables.Values.ContainsKey) ? "all OFF" : $"OFF; the server does not know {string.Join(", ", Modes.Where(m => !variables.Values.ContainsKey(m)))}");
        string found = string.Join("; ", [.. on.Select(m => $"{m} is ON"), .. persisted.Except(on).Select(m => $"{m} is OFF now, but ON is persisted and holds from the next start on")]);
        // read_only cannot go while super_read_only is on; to take the first away takes both.
        string[] set = [.. on.Where(m => m != "innodb_read_only").OrderByDescending(m => m == "super_read_only").Select(m => $"SET GLOBAL {m} = OFF")];
        return on.Contains("innodb_read_only")
            ? _mode.Failed(found, "Run `aspire resource mysql restart`: it can be changed at a start only, and the lab sets none of them.")
            : _mode.Failed(found, Typed.AsRoot([.. persisted.Select(m => $"RESET PERSIST IF EXISTS {m}"), .. set]));

        static bool IsOn(string? value) => value is "ON" or "1";
    }

    private static string Shown(string value) => value.Length == 0 ? "(empty)" : value;
}
