using MySqlConnector;

namespace CdcLab.Verifier.Checks;

/// <summary>The running server's settings are those that the lab starts it with, and those that must stay at the server's default.</summary>
internal sealed class MySqlSettingsCheck(MySqlOptions mysql, MySqlAccess access) : ICheck
{
    private const string Redo = "innodb_redo_log_capacity";
    private const string BufferPool = "innodb_buffer_pool_size";
    private const string RowValueOptions = "binlog_row_value_options";

    // Set by nobody: the specification leaves them at the server's defaults, which are the durable ones.
    private static readonly ServerSetting[] Defaults =
    [
        new("sync_binlog", "1", "a commit that was acknowledged must be in the binlog after a crash"),
        new("innodb_flush_log_at_trx_commit", "1", "a commit that was acknowledged must be there after a crash"),
    ];

    private readonly (ServerSetting Setting, Promise Promise)[] _settings =
        [.. MySqlSettings.Checked(mysql).Concat(Defaults).Select(s => (s, new Promise($"mysql.{s.Variable}", ResourceNames.MySql, s.Expected, s.Because)))];

    private readonly Promise _rowValueOptions =
        new($"mysql.{RowValueOptions}", ResourceNames.MySql, "not PARTIAL_JSON", "Debezium needs whole JSON values, not the parts that changed");

    public IReadOnlyList<Promise> Promises => [.. _settings.Select(s => s.Promise), _rowValueOptions];

    public async Task<IReadOnlyList<Verdict>> LookAsync(CancellationToken cancellationToken)
    {
        await using MySqlConnection connection = await access.OpenAsync(cancellationToken);
        return Judge(await GlobalVariables.ReadAsync(connection, cancellationToken));
    }

    public IReadOnlyList<Verdict> Judge(IReadOnlyDictionary<string, string> variables) =>
        [.. _settings.Select(s => Judge(s.Setting, s.Promise, variables)), RowValues(variables)];

    private static Verdict Judge(ServerSetting setting, Promise promise, IReadOnlyDictionary<string, string> variables)
    {
        if (!variables.TryGetValue(setting.Variable, out string? actual))
            return setting.Variable == Redo ? RedoBefore8030(promise, variables) : promise.Failed("the server has no such variable", "Run MySQL 8.0 or later.");
        if (string.Equals(actual, setting.Expected, StringComparison.OrdinalIgnoreCase) || (setting.Variable == BufferPool && IsRoundedUp(setting.Expected, actual, variables)))
            return promise.Ok(actual);
        string fix = Defaults.Contains(setting)
            ? $"Find who set it, and take that away; until then SET GLOBAL {setting.Name} = {setting.Value}."
            : $"Start MySQL again (`aspire resource mysql restart`): the lab gives it --{setting.Name.Replace("loose_", "", StringComparison.Ordinal).Replace('_', '-')}={setting.Value}; find who changed it since.";
        return promise.Failed(actual.Length == 0 ? "(empty)" : actual, fix);
    }

    // Servers before 8.0.30 know the size and the number of the redo log's files instead of their sum.
    private static Verdict RedoBefore8030(Promise promise, IReadOnlyDictionary<string, string> variables)
    {
        if (!long.TryParse(variables.GetValueOrDefault("innodb_log_file_size"), CultureInfo.InvariantCulture, out long size)
            || !long.TryParse(variables.GetValueOrDefault("innodb_log_files_in_group"), CultureInfo.InvariantCulture, out long files))
            return promise.Failed("the server has no such variable, nor what takes its place", "Run MySQL 8.0 or later.");
        string actual = $"{files} files of {size} bytes each (innodb_log_file_size)";
        return (files * size).ToString(CultureInfo.InvariantCulture) == promise.Expected
            ? promise.Ok(actual)
            : promise.Failed(actual, $"Start MySQL with --innodb-log-file-size={long.Parse(promise.Expected, CultureInfo.InvariantCulture) / files}, or run 8.0.30 or later.");
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

    private Verdict RowValues(IReadOnlyDictionary<string, string> variables)
    {
        string actual = variables.GetValueOrDefault(RowValueOptions) ?? "";
        return actual.Contains("PARTIAL_JSON", StringComparison.OrdinalIgnoreCase)
            ? _rowValueOptions.Failed(actual, $"SET GLOBAL {RowValueOptions} = ''; find who set it.")
            : _rowValueOptions.Ok(actual.Length == 0 ? "(empty)" : actual);
    }
}
