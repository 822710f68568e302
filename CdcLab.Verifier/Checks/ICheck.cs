namespace CdcLab.Verifier.Checks;

/// <summary>One look at a running server, and the verdicts that it gives: one <c>SHOW GLOBAL VARIABLES</c> judges ten settings.</summary>
/// <remarks>
/// A check only looks and judges. <see cref="CheckRunner"/> does the rest: it calls <see cref="LookAsync"/> every <c>Lab:Verifier:Interval</c>, never twice at
/// once, ends its wait after <see cref="CheckRunner.TimeLimit"/>, turns an exception into <c>unknown</c> for every promise of the check (throw
/// <see cref="CannotLookException"/> for the words that a person shall read), and leaves out what its figures names.
/// A check called <c>X.answers</c> is the exception: there, no answer is what was found, so it says <see cref="Promise.Failed"/> itself, within the limit.
/// </remarks>
internal interface ICheck
{
    IReadOnlyList<Promise> Promises { get; }

    /// <summary>Time from one look to the next; null for <c>Lab:Verifier:Interval</c>.</summary>
    TimeSpan? Every => null;

    /// <summary>Looks, and judges every promise. A promise that gets no verdict counts as unknown.</summary>
    Task<IReadOnlyList<Verdict>> LookAsync(CancellationToken cancellationToken);
}
