namespace CdcLab.Clients.MySql;

public enum GrantKind
{
    /// <summary>A privilege, static or dynamic, on a scope; GRANT OPTION is one of them.</summary>
    Privilege,
    Role,
    Proxy,
    /// <summary>A partial revoke: a database on which a global privilege does not count.</summary>
    Restriction,
    /// <summary>A line that was not understood. It counts as a difference: what is not understood may be anything.</summary>
    Unreadable,
}

/// <param name="What">The privilege in upper case, with its columns where it is limited to some; the role; the line that was not understood.</param>
/// <param name="On">What it holds on, as SHOW GRANTS writes it: <c>*.*</c>, <c>`cdclab`.*</c>, <c>PROCEDURE `db`.`p`</c>; empty for a role.</param>
public sealed record Grant(GrantKind Kind, string What, string On)
{
    /// <summary>The privilege that stands for all others of its scope.</summary>
    public const string Everything = "ALL PRIVILEGES";

    /// <summary>The right to pass on what one has.</summary>
    public const string Option = "GRANT OPTION";

    /// <summary>The statement that takes exactly this away from an account, which is given as SQL writes it; null where only REVOKE ALL helps.</summary>
    public string? RevokeStatement(string account) => Kind switch
    {
        GrantKind.Privilege or GrantKind.Proxy => $"REVOKE {What} ON {On} FROM {account}",
        GrantKind.Role => $"REVOKE {What} FROM {account}",
        _ => null,
    };

    public override string ToString() => Kind switch
    {
        GrantKind.Role => $"role {What}",
        GrantKind.Restriction => $"{What} withheld on {On}",
        GrantKind.Unreadable => $"not understood: {What}",
        _ => $"{What} ON {On}",
    };
}

/// <summary>How the grants of an account differ from what it must have.</summary>
public sealed record GrantDifference(IReadOnlyList<Grant> Missing, IReadOnlyList<Grant> Extra)
{
    public bool IsNone => Missing.Count == 0 && Extra.Count == 0;

    public static GrantDifference Of(DatabaseUser user, IReadOnlyList<Grant> grants)
    {
        List<Grant> wanted = [.. user.Privileges.Select(p => new Grant(GrantKind.Privilege, p, user.Scope))];
        // ALL PRIVILEGES holds each privilege of its scope: too much, but nothing is missing.
        bool all = grants.Contains(new Grant(GrantKind.Privilege, Grant.Everything, user.Scope));
        return new(all ? [] : [.. wanted.Except(grants)], [.. grants.Except(wanted)]);
    }
}
