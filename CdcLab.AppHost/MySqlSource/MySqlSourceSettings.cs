namespace Aspire.Hosting;

/// <summary>What a MySQL source is made of.</summary>
internal sealed record MySqlSourceSettings
{
    /// <summary>The image, where it runs as a container.</summary>
    public string Image { get; init; } = "mysql:8.0";

    /// <summary>Its port on the host; not proxied.</summary>
    public int Port { get; init; } = 3306;

    /// <summary>Its memory cap in bytes.</summary>
    public required long MemoryCapBytes { get; init; }

    /// <summary>Arguments of mysqld for a server of a version; null for a current one.</summary>
    public required Func<Version?, IReadOnlyList<string>> Arguments { get; init; }

    /// <summary>Root's password.</summary>
    public required string RootPassword { get; init; }

    /// <summary>The database that must exist.</summary>
    public required string Database { get; init; }

    /// <summary>The tables that must exist in it.</summary>
    public required IReadOnlyList<TableSpec> Tables { get; init; }

    /// <summary>The users that must exist, with exactly their privileges, and their passwords.</summary>
    public required IReadOnlyList<(DatabaseUser User, string Password)> Users { get; init; }
}
