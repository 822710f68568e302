namespace CdcLab.Clients.MySql;

/// <summary>Names and texts as SQL writes them, safe whatever they contain. For statements that take no parameters: CREATE USER, GRANT, SHOW GRANTS.</summary>
public static class SqlText
{
    /// <summary>Makes the session read what this class writes: with <c>ANSI_QUOTES</c> or <c>NO_BACKSLASH_ESCAPES</c> in the server's mode the same text would mean
    /// something else, and without <c>sql_quote_show_create</c> SHOW GRANTS quotes no names. And what the server lets a session begin with may cut off what is asked.</summary>
    public const string SessionMode = """
        SET SESSION sql_mode = 'ONLY_FULL_GROUP_BY,STRICT_TRANS_TABLES,NO_ZERO_IN_DATE,NO_ZERO_DATE,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION',
          SESSION sql_quote_show_create = ON, SESSION sql_select_limit = 18446744073709551615, SESSION sql_big_selects = ON, SESSION max_execution_time = 0,
          SESSION group_concat_max_len = 1000000
        """;

    public static string Identifier(string name)
    {
        // MySQL allows no NUL in a name; whatever asks for one is wrong, not merely to be quoted.
        if (name.Length == 0 || name.Contains('\0', StringComparison.Ordinal))
            throw new ArgumentException("A name in MySQL is neither empty nor does it contain a NUL.", nameof(name));
        return $"`{name.Replace("`", "``", StringComparison.Ordinal)}`";
    }

    public static string Literal(string text) =>
        $"'{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "''", StringComparison.Ordinal).Replace("\0", "\\0", StringComparison.Ordinal)}'";

    /// <summary>An account, e.g. <c>'debezium'@'%'</c>.</summary>
    public static string Account(string user, string host) => $"{Literal(user)}@{Literal(host)}";
}
