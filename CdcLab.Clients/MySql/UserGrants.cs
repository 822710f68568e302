using System.Text.RegularExpressions;

namespace CdcLab.Clients.MySql;

/// <summary>What MySQL says that accounts may do. Whoever asks needs SELECT on the database <c>mysql</c>, which <c>debezium</c> has.</summary>
public static class UserGrants
{
    /// <summary>The grants of one account; null where there is no such account. The session must be in <see cref="SqlText.SessionMode"/>.</summary>
    public static async Task<IReadOnlyList<Grant>?> ReadAsync(MySqlConnection connection, string user, string host, CancellationToken cancellationToken)
    {
        try
        {
            CommandDefinition command = new($"SHOW GRANTS FOR {SqlText.Account(user, host)}", cancellationToken: cancellationToken);
            return [.. (await connection.QueryAsync<string>(command)).SelectMany(GrantParser.Parse)];
        }
        catch (MySqlException e) when (e.ErrorCode == MySqlErrorCode.NonExistingGrant)
        {
            return null;
        }
    }

    /// <summary>Accounts, as SQL writes them, that MySQL prefers to <c>'user'@'%'</c> for some clients, because their host is more exact: those of the same name, and
    /// the anonymous ones. A login from such a host is a login as that account, with its password and its grants.</summary>
    public static async Task<IReadOnlyList<string>> ShadowsAsync(MySqlConnection connection, string user, CancellationToken cancellationToken)
    {
        const string Sql = "SELECT user, host FROM mysql.user WHERE user IN (@user, '') AND host <> '%' ORDER BY user, host";
        CommandDefinition command = new(Sql, new { user }, cancellationToken: cancellationToken);
        return [.. (await connection.QueryAsync<(string User, string Host)>(command)).Select(r => SqlText.Account(r.User, r.Host))];
    }

    /// <summary>What stands between an account and its logins, in MySQL's words: limits for each hour, a lock, TLS that is demanded, a password that has expired or will.</summary>
    public static async Task<IReadOnlyList<string>> HindrancesAsync(MySqlConnection connection, string user, string host, CancellationToken cancellationToken)
    {
        const string Sql = """
            SELECT CONCAT_WS(',',
              IF(max_questions > 0, CONCAT('MAX_QUERIES_PER_HOUR ', max_questions), NULL), IF(max_updates > 0, CONCAT('MAX_UPDATES_PER_HOUR ', max_updates), NULL),
              IF(max_connections > 0, CONCAT('MAX_CONNECTIONS_PER_HOUR ', max_connections), NULL), IF(max_user_connections > 0, CONCAT('MAX_USER_CONNECTIONS ', max_user_connections), NULL),
              IF(account_locked = 'Y', 'ACCOUNT LOCK', NULL), IF(ssl_type <> '', 'REQUIRE TLS', NULL), IF(password_expired = 'Y', 'PASSWORD EXPIRE', NULL),
              IF(password_lifetime > 0, CONCAT('PASSWORD EXPIRE INTERVAL ', password_lifetime, ' DAY'), NULL), IF(password_require_current = 'Y', 'PASSWORD REQUIRE CURRENT', NULL),
              IF(JSON_EXTRACT(user_attributes, '$.Password_locking.failed_login_attempts') > 0, 'FAILED_LOGIN_ATTEMPTS', NULL))
            FROM mysql.user WHERE user = @user AND host = @host
            """;
        string? all = await connection.ExecuteScalarAsync<string>(new CommandDefinition(Sql, new { user, host }, cancellationToken: cancellationToken));
        return all?.Split(',', StringSplitOptions.RemoveEmptyEntries) ?? [];
    }
}

/// <summary>Reads the lines of SHOW GRANTS (MySQL 8.0 to 9.x). There are the forms below, and anything else, which is never ignored.</summary>
internal static partial class GrantParser
{
    private const string Name = "(`([^`]|``)*`)";
    private const string Account = $"{Name}(@{Name})?";
    private const string Privilege = @$"(?<what>[A-Z][A-Z0-9_ ]*( \({Name}(, {Name})*\))?)";
    private const string Scope = @$"(TABLE )?(?<on>((FUNCTION|PROCEDURE|LIBRARY) )?(\*|{Name})\.(\*|{Name}))";
    private const int Limit = 10_000;

    /// <summary>Reads one line. <c>USAGE</c> gives nothing: it means "no privilege".</summary>
    public static IReadOnlyList<Grant> Parse(string line)
    {
        string inBackticks = OtherQuotes().Replace(
            line, m => m.Groups["text"] is { Success: true } text ? $"`{text.Value.Replace("\"\"", "\"").Replace("`", "``")}`" : m.Value);
        if (Privileges().Match(inBackticks) is { Success: true } privileges)
        {
            GrantKind kind = privileges.Groups["revoke"].Success ? GrantKind.Restriction : GrantKind.Privilege;
            IEnumerable<string> what = privileges.Groups["what"].Captures.Select(c => c.Value).Where(p => p != "USAGE");
            IEnumerable<string> option = privileges.Groups["option"].Captures.Select(_ => Grant.Option);
            return [.. what.Concat(option).Select(p => new Grant(kind, p, privileges.Groups["on"].Value))];
        }

        if (Roles().Match(inBackticks) is { Success: true } roles)
            return [.. roles.Groups["role"].Captures.Select(r => new Grant(GrantKind.Role, r.Value, ""))];
        return Proxy().Match(inBackticks) is { Success: true } proxy
            ? [new(GrantKind.Proxy, "PROXY", proxy.Groups["on"].Value)]
            : [new(GrantKind.Unreadable, line, "")];
    }

    [GeneratedRegex(
        $@"^(GRANT|(?<revoke>REVOKE)) {Privilege}(, ?{Privilege})* ON {Scope} (?(revoke)FROM {Account}|TO {Account}(?<option> WITH GRANT OPTION)?)\z",
        RegexOptions.ExplicitCapture,
        Limit)]
    private static partial Regex Privileges();

    [GeneratedRegex($@"^GRANT (?<role>{Account})(, ?(?<role>{Account}))* TO {Account}( WITH ADMIN OPTION)?\z", RegexOptions.ExplicitCapture, Limit)]
    private static partial Regex Roles();

    [GeneratedRegex($@"^GRANT PROXY ON (?<on>{Name}@{Name}) TO {Account}( WITH GRANT OPTION)?\z", RegexOptions.ExplicitCapture, Limit)]
    private static partial Regex Proxy();

    // Names in double quotes, as the mode ANSI_QUOTES writes them; those in backticks are stepped over.
    [GeneratedRegex($"{Name}|\"(?<text>([^\"]|\"\")*)\"", RegexOptions.ExplicitCapture, Limit)]
    private static partial Regex OtherQuotes();
}
