using System.Text.RegularExpressions;

namespace CdcLab.Verifier.Checks;

/// <summary>What takes away that MySQL refuses a user of the lab, by the number and the words of its refusal (MySQL Reference Manual, "Server Error Message Reference").</summary>
internal static partial class LoginRefusal
{
    private const string Restart = "`aspire resource mysql restart`, whose start sets passwords, locks and privileges of the lab's users, and creates missing tables";

    public static string Fix(DatabaseUser user, int code, string message) => code switch
    {
        3032 => Typed.AsRoot("SET GLOBAL offline_mode = OFF", "RESET PERSIST IF EXISTS offline_mode"),
        1203 or 1226 => Typed.AsRoot("SET GLOBAL max_user_connections = 0", "RESET PERSIST IF EXISTS max_user_connections", Unlimited(user)),
        1040 => $"Run `aspire resource mysql restart`, which ends all sessions; or see who holds them (SHOW PROCESSLIST as root, who has one connection more), and end those. {AfterRestart("max_connections")}",
        3159 => $"Run `aspire resource mysql restart`: the lab starts it with require_secure_transport = OFF. {AfterRestart("require_secure_transport")}",
        // Its password is another one, or another account is taken for it: MySQL picks that by the most exact host, and an anonymous one before one with a name.
        1045 => $"As root: {FixText.Code($"DROP USER IF EXISTS {string.Join(", ", Shadows(user, message))}")} (accounts that would be taken for it), then run {Restart}.",
        1184 when message.Contains("init_connect", StringComparison.Ordinal) => Typed.AsRoot("RESET PERSIST IF EXISTS init_connect", "SET GLOBAL init_connect = ''"),
        // Locked, TLS demanded, expired, another plugin, no such user, no privilege.
        _ => $"Run {Restart}; see its log if it is refused again.",
    };

    // What was persisted is told by other checks, when they can look again.
    private static string AfterRestart(string variable) => $"When it is up again, as root: {FixText.Code($"RESET PERSIST IF EXISTS {variable}")}.";

    /// <summary>Takes every limit, lock and demand from an account.</summary>
    public static string Unlimited(DatabaseUser user) =>
        $"ALTER USER {user.Account} REQUIRE NONE WITH MAX_QUERIES_PER_HOUR 0 MAX_UPDATES_PER_HOUR 0 MAX_CONNECTIONS_PER_HOUR 0 MAX_USER_CONNECTIONS 0 "
        + "PASSWORD EXPIRE DEFAULT PASSWORD REQUIRE CURRENT DEFAULT FAILED_LOGIN_ATTEMPTS 0 PASSWORD_LOCK_TIME 0 ACCOUNT UNLOCK";

    private static IEnumerable<string> Shadows(DatabaseUser user, string message)
    {
        string host = Client().Match(message) is { Success: true } client ? client.Groups["host"].Value : "localhost";
        return from name in new[] { user.Name, "" } from h in host == "localhost" ? [host, "127.0.0.1"] : new[] { host } select SqlText.Account(name, h);
    }

    [GeneratedRegex("for user '[^']*'@'(?<host>[^']*)'", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Client();
}
