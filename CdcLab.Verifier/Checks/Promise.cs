namespace CdcLab.Verifier.Checks;

/// <summary>One thing that the lab promises and a check looks at: everything of its verdict that is known before looking.</summary>
/// <param name="Id">The check's id, e.g. <c>mysql.binlog_format</c>; unique in the verifier.</param>
/// <param name="Resource">The resource it is about, e.g. <c>mysql</c>; one of <see cref="Model.ResourceNames"/>.</param>
/// <param name="Expected">What should be, from the lab.</param>
/// <param name="Because">Why it matters.</param>
public sealed record Promise(string Id, string Resource, string Expected, string Because)
{
    /// <summary>It holds.</summary>
    /// <param name="actual">What was found.</param>
    public Verdict Ok(string actual) => Judge(Outcome.Ok, actual, fix: null, Because, needs: null);

    /// <summary>It does not hold.</summary>
    /// <param name="actual">What was found.</param>
    /// <param name="fix">What to do.</param>
    /// <param name="needs">The resources whose silence would explain it (<see cref="Verdict.Needs"/>).</param>
    public Verdict Failed(string actual, string fix, IReadOnlyList<string>? needs = null) => Judge(Outcome.Failed, actual, fix, Because, needs);

    /// <summary>It could not be looked at.</summary>
    /// <param name="because">Why not.</param>
    /// <param name="fix">What to do.</param>
    /// <param name="needs">The resources whose silence would explain it (<see cref="Verdict.Needs"/>).</param>
    public Verdict Unknown(string because, string fix, IReadOnlyList<string>? needs = null) => Judge(Outcome.Unknown, actual: null, fix, because, needs);

    private Verdict Judge(Outcome outcome, string? actual, string? fix, string because, IReadOnlyList<string>? needs) =>
        new() { Id = Id, Resource = Resource, Outcome = outcome, Expected = Expected, Actual = actual, Fix = fix, Because = because, Needs = needs };
}
