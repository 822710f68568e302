namespace CdcLab.Verifier.Checks;

/// <summary>One look at a running server, and the verdicts that it gives: one <c>SHOW GLOBAL VARIABLES</c> judges ten settings.</summary>
/// <remarks>A check only looks and judges. <see cref="CheckRunner"/> does the rest: it calls <see cref="LookAsync"/> every <c>Lab:Verifier:Interval</c>, never twice at
/// once, ends its wait after <see cref="CheckRunner.TimeLimit"/>, turns an exception into <c>unknown</c> for every promise of the check (throw
/// <see cref="CannotLookException"/> for the words that a person shall read), and leaves out the verdicts that the AppHost lists as not possible here.</remarks>
internal interface ICheck
{
    /// <summary>What this check judges; the same from first to last.</summary>
    IReadOnlyList<Promise> Promises { get; }

    /// <summary>Time from one look to the next; null for <c>Lab:Verifier:Interval</c>.</summary>
    TimeSpan? Every => null;

    /// <summary>Looks, and judges every promise. A promise that gets no verdict counts as unknown.</summary>
    Task<IReadOnlyList<Verdict>> LookAsync(CancellationToken cancellationToken);
}

/// <summary>One thing that a check looks at: everything of its verdict that is known before looking; what it "needs" is <see cref="Verdict.Needs"/>.</summary>
internal sealed record Promise(string Id, string Resource, string Expected, string Because)
{
    /// <summary>How it looks, for the catalogue: what is asked of whom.</summary>
    public string How { get; init; } = "";

    /// <summary>What heals it, for the catalogue; a verdict's own fix names the values.</summary>
    public string Remedy { get; init; } = "";

    /// <summary>Where the promise or the rule comes from, for the catalogue.</summary>
    public string Source { get; init; } = "";

    /// <summary>The ids of checks that explain this one where they failed, the likeliest first.</summary>
    public IReadOnlyList<string> Follows { get; init; } = [];

    public Verdict Ok(string actual) => new() { Id = Id, Resource = Resource, Outcome = Outcome.Ok, Expected = Expected, Because = Because, Actual = actual, Follows = Follows };

    public Verdict Failed(string actual, string fix, IReadOnlyList<string>? needs = null) =>
        Ok(actual) with { Outcome = Outcome.Failed, Fix = fix, Needs = needs };

    public Verdict Unknown(string because, string fix, IReadOnlyList<string>? needs = null) =>
        Ok("") with { Outcome = Outcome.Unknown, Actual = null, Because = because, Fix = fix, Needs = needs };
}

/// <summary>A check could not look. The message says why in plain words, e.g. "ZooKeeper at 127.0.0.1:2181 refused the connection".</summary>
internal sealed class CannotLookException(string message, string fix, Exception? innerException = null, IReadOnlyList<string>? needs = null)
    : Exception(message, innerException)
{
    public string Fix => fix;

    public IReadOnlyList<string>? Needs => needs;

    /// <summary>Checks whose failure would explain it, beside those that the check itself names.</summary>
    public IReadOnlyList<string> Follows { get; init; } = [];
}
