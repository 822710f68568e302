namespace Aspire.Hosting;

/// <summary>What a MySQL source is made of; the image is used in containers only, the port is the host's and not proxied.</summary>
internal sealed record MySqlSourceSettings
{
    public string Image { get; init; } = MySqlSourceImageTags.MySql;
    public int Port { get; init; } = 3306;
    public required long MemoryCapBytes { get; init; }
    public required string RootPassword { get; init; }
    public required string Database { get; init; }

    /// <summary>Arguments of mysqld for a server of a version; null for a current one.</summary>
    public required Func<Version?, IReadOnlyList<string>> Arguments { get; init; }

    public required IReadOnlyList<TableSpec> Tables { get; init; }

    /// <summary>The users that must exist, with exactly their privileges, and their passwords.</summary>
    public required IReadOnlyList<(DatabaseUser User, string Password)> Users { get; init; }
}
