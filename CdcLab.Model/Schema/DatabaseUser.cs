namespace CdcLab.Model.Schema;

/// <summary>A user of ours in MySQL and exactly what it may do.</summary>
/// <param name="Name">The user's name; its host is always <c>%</c>.</param>
/// <param name="Privileges">Its privileges as SHOW GRANTS writes them, in alphabetical order.</param>
/// <param name="Scope">What they are granted on: <c>*.*</c> or a database such as <c>`cdclab`.*</c>, as SHOW GRANTS writes it.</param>
public sealed record DatabaseUser(string Name, IReadOnlyList<string> Privileges, string Scope)
{
    /// <summary>The CDC user: Debezium's five privileges (its MySQL connector's documentation, "Creating a user"), nothing else.</summary>
    public static DatabaseUser Debezium { get; } = new("debezium", ["RELOAD", "REPLICATION CLIENT", "REPLICATION SLAVE", "SELECT", "SHOW DATABASES"], "*.*");

    /// <summary>The order simulator's user: rows of the orders schema, no more.</summary>
    public static DatabaseUser Simulator { get; } = new("simulator", ["DELETE", "INSERT", "SELECT", "UPDATE"], $"`{OrdersSchema.Database}`.*");

    /// <summary>All users of ours.</summary>
    public static IReadOnlyList<DatabaseUser> All { get; } = [Debezium, Simulator];

    /// <summary>The account as SQL writes it.</summary>
    public string Account => $"'{Name}'@'%'";
}
