using MySqlConnector;

namespace CdcLab.Verifier.Checks;

/// <summary>Each user of ours may do exactly what it must, and no other account stands in for it.</summary>
internal sealed class MySqlGrantsCheck(MySqlAccess access) : MySqlCheck(access, [.. DatabaseUser.All.Select(u => new Promise(
    $"{Prefix}{u.Name}",
    ResourceNames.MySql,
    $"{string.Join(", ", u.Privileges)} ON {u.Scope}, nothing else, without limit or lock",
    "a user that can do more than it must is a door; one that can do less stops")
{
    How = "SHOW GRANTS for the account; its limits and locks, and other accounts of its name, in mysql.user",
    Remedy = "GRANT what is missing, REVOKE what is extra, DROP USER what stands in for it, ALTER USER what hinders it; a restart of mysql makes the account anew",
    Source = u == DatabaseUser.Debezium ? "Debezium's MySQL connector, \"Creating a user\"; specification, 2.5" : "specification, 2.4: rows of the orders schema only",
})])
{
    private const string Prefix = "mysql.grants.";
    private const string Restart = "Run `aspire resource mysql restart`: its start creates the lab's users, sets their passwords and grants what they need.";

    protected override async Task<Verdict> JudgeAsync(MySqlConnection connection, Promise promise, CancellationToken cancellationToken)
    {
        DatabaseUser user = DatabaseUser.All.First(u => promise.Id == Prefix + u.Name);
        try
        {
            if (await UserGrants.ReadAsync(connection, user.Name, "%", cancellationToken) is not { } grants)
                return promise.Failed($"there is no user {user.Account}", Restart);
            GrantDifference difference = GrantDifference.Of(user, grants);
            string[] missing = difference.Missing.Count == 0 ? [] : [$"missing: {string.Join(", ", difference.Missing)}"];
            string[] extra = difference.Extra.Count == 0 ? [] : [$"beyond it: {Some(difference.Extra)}"];
            if (!difference.IsNone)
                return promise.Failed(string.Join("; ", [.. missing, .. extra]), Typed.AsRoot(Statements(user, difference)));

            string shadows = string.Join(", ", await UserGrants.ShadowsAsync(connection, user.Name, cancellationToken));
            if (shadows.Length > 0)
                return promise.Failed($"{shadows} stands in for {user.Account} where its host fits", Typed.AsRoot($"DROP USER {shadows}"));
            IReadOnlyList<string> hindrances = await UserGrants.HindrancesAsync(connection, user.Name, "%", cancellationToken);
            return hindrances.Count == 0 ? promise.Ok($"{string.Join(", ", user.Privileges)} ON {user.Scope}")
                : promise.Failed($"{user.Account} has {string.Join(", ", hindrances)}", hindrances.Contains("PASSWORD EXPIRE") ? Restart : Typed.AsRoot(LoginRefusal.Unlimited(user)));
        }
        catch (MySqlException e) when (e.ErrorCode is MySqlErrorCode.TableAccessDenied or MySqlErrorCode.DatabaseAccessDenied or MySqlErrorCode.SpecifiedAccessDeniedError)
        {
            // Without SELECT it cannot read grants at all, not even its own fault.
            return user == DatabaseUser.Debezium
                ? promise.Failed($"{user.Account} may not even ask: {e.Message}", Typed.AsRoot($"GRANT {string.Join(", ", user.Privileges)} ON {user.Scope} TO {user.Account}"))
                : promise.Unknown($"{DatabaseUser.Debezium.Account} may not ask for it: {e.Message}", Restart);
        }
    }

    private static string Some(IReadOnlyList<Grant> grants)
    {
        const int Most = 8;
        return $"{string.Join(", ", grants.Take(Most))}{(grants.Count > Most ? $" and {grants.Count - Most} more" : "")}";
    }

    private static IReadOnlyList<string> Statements(DatabaseUser user, GrantDifference difference)
    {
        // Partial revokes, and what was not understood, go only with everything.
        bool everything = difference.Extra.Any(g => g.RevokeStatement(user.Account) is null);
        bool takesAll = everything || difference.Extra.Contains(new Grant(GrantKind.Privilege, Grant.Everything, user.Scope));
        IEnumerable<string> privileges = takesAll ? user.Privileges : difference.Missing.Select(g => g.What);
        return
        [
            .. everything ? [$"REVOKE ALL PRIVILEGES, GRANT OPTION FROM {user.Account}"] : Revokes(user, difference.Extra),
            .. privileges.Any() ? [$"GRANT {string.Join(", ", privileges)} ON {user.Scope} TO {user.Account}"] : Array.Empty<string>(),
        ];
    }

    // One statement for the privileges of one scope; ALL PRIVILEGES and GRANT OPTION stand alone.
    private static IEnumerable<string> Revokes(DatabaseUser user, IReadOnlyList<Grant> extra) =>
        from grant in extra
        group grant by (grant.Kind, grant.On, Alone: grant.Kind != GrantKind.Privilege || grant.What is Grant.Everything or Grant.Option ? grant.What : null) into together
        let first = together.First()
        select together.Key.Alone is null ? (first with { What = string.Join(", ", together.Select(g => g.What)) }).RevokeStatement(user.Account)! : first.RevokeStatement(user.Account)!;
}
