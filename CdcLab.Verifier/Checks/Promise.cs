namespace CdcLab.Verifier.Checks;

/// <summary>One thing that the lab promises and a check looks at: everything of its verdict that is known before looking.</summary>
internal sealed record Promise(string Id, string Resource, string Expected, string Because)
{
    public Verdict Ok(string actual) => Judge(Outcome.Ok, actual, fix: null, Because, needs: null);

    public Verdict Failed(string actual, string fix, IReadOnlyList<string>? needs = null) => Judge(Outcome.Failed, actual, fix, Because, needs);

    public Verdict Unknown(string because, string fix, IReadOnlyList<string>? needs = null) => Judge(Outcome.Unknown, actual: null, fix, because, needs);

    private Verdict Judge(Outcome outcome, string? actual, string? fix, string because, IReadOnlyList<string>? needs) =>
        new() { Id = Id, Resource = Resource, Outcome = outcome, Expected = Expected, Actual = actual, Fix = fix, Because = because, Needs = needs };
}
