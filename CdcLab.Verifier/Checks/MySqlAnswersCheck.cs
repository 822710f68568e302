using Dapper;
using MySqlConnector;

namespace CdcLab.Verifier.Checks;

/// <summary>MySQL answers a login and a query.</summary>
internal sealed class MySqlAnswersCheck(MySqlAccess access) : ICheck
{
    // Below the runner's limit: no answer is what this check finds, not a failure to look.
    private static readonly TimeSpan Limit = MySqlAccess.LoginLimit;

    private readonly Promise _promise = new("mysql.answers", ResourceNames.MySql, $"a login and a query within {Limit.TotalSeconds:0} s", "everything starts from its binlog");

    public IReadOnlyList<Promise> Promises => [_promise];

    public async Task<IReadOnlyList<Verdict>> LookAsync(CancellationToken cancellationToken)
    {
        const string Fix = "Run `aspire resource mysql start`, and see its log if it ends again.";
        long start = Stopwatch.GetTimestamp();
        try
        {
            // The wait ends in time whatever the connection does; what is left behind ends by its own limits.
            string? version = await VersionAsync(cancellationToken).WaitAsync(Limit + TimeSpan.FromMilliseconds(500), cancellationToken);
            return [_promise.Ok($"MySQL {version}, in {Stopwatch.GetElapsedTime(start).TotalMilliseconds:0.0} ms")];
        }
        catch (CannotLookException e)
        {
            return [_promise.Failed(e.Message, e.Fix)];
        }
        catch (MySqlException e)
        {
            return [_promise.Failed($"the query failed: {e.Message.Split('\n')[0]}", Fix)];
        }
        catch (TimeoutException)
        {
            return [_promise.Failed($"no answer within {Limit.TotalSeconds:0} s", Fix)];
        }
    }

    private async Task<string?> VersionAsync(CancellationToken cancellationToken)
    {
        await using MySqlConnection connection = await access.LogInAsync(cancellationToken);
        return await connection.ExecuteScalarAsync<string>(new CommandDefinition("SELECT VERSION()", cancellationToken: cancellationToken));
    }
}
