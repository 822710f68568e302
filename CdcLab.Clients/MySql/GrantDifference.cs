namespace CdcLab.Clients.MySql;

/// <summary>How the grants of an account differ from what it must have.</summary>
/// <param name="Missing">What it lacks.</param>
/// <param name="Extra">What it has beyond.</param>
public sealed record GrantDifference(IReadOnlyList<Grant> Missing, IReadOnlyList<Grant> Extra)
{
    /// <summary>Whether it has exactly what it must have.</summary>
    public bool IsNone => Missing.Count == 0 && Extra.Count == 0;

    /// <summary>Compares an account's grants to what it must have.</summary>
    /// <param name="user">The account as it must be.</param>
    /// <param name="grants">What SHOW GRANTS says of it.</param>
    /// <returns>The difference.</returns>
    public static GrantDifference Of(DatabaseUser user, IReadOnlyList<Grant> grants)
    {
        List<Grant> wanted = [.. user.Privileges.Select(p => new Grant(GrantKind.Privilege, p, user.Scope))];
        // ALL PRIVILEGES holds each privilege of its scope: too much, but nothing is missing.
        bool all = grants.Contains(new Grant(GrantKind.Privilege, Grant.Everything, user.Scope));
        return new(all ? [] : [.. wanted.Except(grants)], [.. grants.Except(wanted)]);
    }
}
