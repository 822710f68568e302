using System.Text;
using CdcLab.Model.Schema;

namespace CdcLab.Model.Containers;

/// <summary>The script that the MySQL image runs on an empty data directory: database, tables and users. It reads the passwords from its environment.</summary>
public static class MySqlInitText
{
    /// <summary>The script's name in <c>mysql-init/</c>.</summary>
    public const string FileName = "10-cdclab.sh";

    /// <summary>Variables of <c>.env</c>, and the names that the container has for them.</summary>
    public static IReadOnlyList<(string Variable, string InContainer)> Passwords { get; } = [.. DatabaseUser.All.Select(u => (Variable(u), InContainer(u)))];

    /// <summary>The variable of <c>.env</c> that holds a user's password.</summary>
    /// <param name="user">The user.</param>
    /// <returns>The variable's name.</returns>
    public static string Variable(DatabaseUser user)
    {
        ArgumentNullException.ThrowIfNull(user);
        return $"{user.Name.ToUpperInvariant()}_PASSWORD";
    }

    /// <summary>Writes the script.</summary>
    /// <returns>A script for bash, made to be sourced by the image's entrypoint.</returns>
    public static string Write()
    {
        StringBuilder script = new();
        script.Append("# Sourced by the image's entrypoint on an empty data directory only. The passwords come from .env.\n");
        script.Append("cdclab_literal() {\n    local text=${1//\\\\/\\\\\\\\}\n    printf \"'%s'\" \"${text//\\'/\\'\\'}\"\n}\n");
        script.Append("docker_process_sql --database=mysql <<SQL\n");
        script.Append($"CREATE DATABASE IF NOT EXISTS {OrdersSchema.Database} CHARACTER SET utf8mb4;\nUSE {OrdersSchema.Database};\n");
        foreach (TableSpec table in OrdersSchema.Tables)
            script.Append(table.CreateStatement()).Append(";\n");
        foreach (DatabaseUser user in DatabaseUser.All)
        {
            script.Append($"CREATE USER {user.Account} IDENTIFIED WITH caching_sha2_password BY $(cdclab_literal \"${InContainer(user)}\");\n");
            // Unquoted here-document: a backquote would start a command.
            script.Append($"GRANT {string.Join(", ", user.Privileges)} ON {user.Scope.Replace("`", "\\`", StringComparison.Ordinal)} TO {user.Account};\n");
        }

        script.Append("SQL\n");
        return script.ToString();
    }

    private static string InContainer(DatabaseUser user) => $"MYSQL_LAB_{Variable(user)}";
}
