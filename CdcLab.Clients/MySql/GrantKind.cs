namespace CdcLab.Clients.MySql;

/// <summary>What one entry of SHOW GRANTS gives or takes.</summary>
public enum GrantKind
{
    /// <summary>A privilege, static or dynamic, on a scope; GRANT OPTION is one of them.</summary>
    Privilege,

    /// <summary>A role.</summary>
    Role,

    /// <summary>The right to act as another account.</summary>
    Proxy,

    /// <summary>A partial revoke: a database on which a global privilege does not count.</summary>
    Restriction,

    /// <summary>A line that was not understood. It counts as a difference: what is not understood may be anything.</summary>
    Unreadable,
}
