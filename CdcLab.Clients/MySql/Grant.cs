namespace CdcLab.Clients.MySql;

/// <summary>One thing that an account may do.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="What">The privilege in upper case, with its columns where it is limited to some; the role; the line that was not understood.</param>
/// <param name="On">What it holds on, as SHOW GRANTS writes it: <c>*.*</c>, <c>`cdclab`.*</c>, <c>PROCEDURE `db`.`p`</c>; empty for a role.</param>
public sealed record Grant(GrantKind Kind, string What, string On)
{
    /// <summary>The privilege that stands for all others of its scope.</summary>
    public const string Everything = "ALL PRIVILEGES";

    /// <summary>The right to pass on what one has.</summary>
    public const string Option = "GRANT OPTION";

    /// <summary>The statement that takes exactly this away from an account.</summary>
    /// <param name="account">The account as SQL writes it.</param>
    /// <returns>One SQL statement; null where only REVOKE ALL helps.</returns>
    public string? RevokeStatement(string account) => Kind switch
    {
        GrantKind.Privilege => $"REVOKE {What} ON {On} FROM {account}",
        GrantKind.Role => $"REVOKE {What} FROM {account}",
        GrantKind.Proxy => $"REVOKE PROXY ON {On} FROM {account}",
        _ => null,
    };

    /// <inheritdoc/>
    public override string ToString() => Kind switch
    {
        GrantKind.Role => $"role {What}",
        GrantKind.Restriction => $"{What} withheld on {On}",
        GrantKind.Unreadable => $"not understood: {What}",
        _ => $"{What} ON {On}",
    };
}
