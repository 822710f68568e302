using Dapper;
using MySqlConnector;

namespace CdcLab.Verifier.Checks;

/// <summary>Each user of ours may do exactly what it must, and no other account stands in for it.</summary>
internal sealed class MySqlGrantsCheck(MySqlAccess access) : ICheck
{
    private readonly Promise[] _promises =
    [
        .. DatabaseUser.All.Select(u => new Promise(
            $"mysql.grants.{u.Name}",
            ResourceNames.MySql,
            $"{string.Join(", ", u.Privileges)} ON {u.Scope}, nothing else",
            "a user that can do more than it must is a door; one that can do less stops")),
    ];

    public IReadOnlyList<Promise> Promises => _promises;

    public async Task<IReadOnlyList<Verdict>> LookAsync(CancellationToken cancellationToken)
    {
        await using MySqlConnection connection = await access.OpenAsync(cancellationToken);
        await connection.ExecuteAsync(new CommandDefinition(SqlText.SessionMode, cancellationToken: cancellationToken));
        List<Verdict> verdicts = [];
        foreach ((Promise promise, DatabaseUser user) in _promises.Zip(DatabaseUser.All))
            verdicts.Add(await JudgeAsync(connection, promise, user, cancellationToken));
        return verdicts;
    }

    private static async Task<Verdict> JudgeAsync(MySqlConnection connection, Promise promise, DatabaseUser user, CancellationToken cancellationToken)
    {
        const string Again = "Start the lab again: it creates its users, grants what is missing and revokes what is extra.";
        try
        {
            if (await UserGrants.ReadAsync(connection, user.Name, "%", cancellationToken) is not { } grants)
                return promise.Failed($"there is no user {user.Account}", Again);
            GrantDifference difference = GrantDifference.Of(user, grants);
            if (!difference.IsNone)
                return promise.Failed(Words(difference), Again);

            IReadOnlyList<string> shadows = await UserGrants.ShadowsAsync(connection, user.Name, cancellationToken);
            return shadows.Count == 0
                ? promise.Ok($"{string.Join(", ", user.Privileges)} ON {user.Scope}")
                : promise.Failed($"{string.Join(", ", shadows)} stands in for {user.Account} where its host fits", $"DROP USER {string.Join(", ", shadows)}; the lab drops no account that is not its own.");
        }
        catch (MySqlException e) when (e.ErrorCode is MySqlErrorCode.TableAccessDenied or MySqlErrorCode.DatabaseAccessDenied or MySqlErrorCode.SpecifiedAccessDeniedError)
        {
            return promise.Unknown($"{DatabaseUser.Debezium.Account} may not ask for it: {e.Message}", Again);
        }
    }

    private static string Words(GrantDifference difference)
    {
        string missing = difference.Missing.Count == 0 ? "" : $"missing: {string.Join(", ", difference.Missing)}";
        string extra = difference.Extra.Count == 0 ? "" : $"beyond it: {string.Join(", ", difference.Extra)}";
        return missing.Length > 0 && extra.Length > 0 ? $"{missing}; {extra}" : missing + extra;
    }
}
