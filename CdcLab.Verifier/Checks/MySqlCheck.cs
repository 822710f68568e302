using MySqlConnector;

namespace CdcLab.Verifier.Checks;

/// <summary>A check that logs in anew for each look: a session keeps the global privileges that it logged in with, and what a new client may do is what counts.</summary>
internal abstract class MySqlCheck(MySqlAccess access, params Promise[] promises) : ICheck
{
    public IReadOnlyList<Promise> Promises => promises;

    public async Task<IReadOnlyList<Verdict>> LookAsync(CancellationToken cancellationToken)
    {
        await using MySqlConnection connection = await access.LogInAsync(cancellationToken);
        List<Verdict> verdicts = [];
        foreach (Promise promise in promises)
            verdicts.Add(await JudgeAsync(connection, promise, cancellationToken));
        return verdicts;
    }

    protected abstract Task<Verdict> JudgeAsync(MySqlConnection connection, Promise promise, CancellationToken cancellationToken);
}
