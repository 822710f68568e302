using CdcLab.Model.Live;

namespace CdcLab.Verifier.Checks;

/// <summary>One thing that the lab promises and a check looks at: everything of its verdict that is known before looking.</summary>
/// <param name="Id">The check's id, e.g. <c>mysql.binlog_format</c>; unique in the verifier.</param>
/// <param name="Resource">The resource it is about, e.g. <c>mysql</c>; one of <see cref="Model.ResourceNames"/>.</param>
/// <param name="Expected">What should be, from the model.</param>
/// <param name="Because">Why it matters.</param>
public sealed record Promise(string Id, string Resource, string Expected, string Because)
{
    /// <summary>It looked, and the promise holds.</summary>
    /// <param name="actual">What was found.</param>
    /// <returns>The verdict.</returns>
    public Verdict Ok(string actual) => Judge(Outcome.Ok, actual, fix: null, Because);

    /// <summary>It looked, and the promise does not hold.</summary>
    /// <param name="actual">What was found.</param>
    /// <param name="fix">What to do about it.</param>
    /// <returns>The verdict.</returns>
    public Verdict Failed(string actual, string fix) => Judge(Outcome.Failed, actual, fix, Because);

    /// <summary>It could not look.</summary>
    /// <param name="because">Why not, in plain words.</param>
    /// <param name="fix">What to do so that it can look.</param>
    /// <returns>The verdict.</returns>
    public Verdict Unknown(string because, string fix) => Judge(Outcome.Unknown, actual: null, fix, because);

    private Verdict Judge(Outcome outcome, string? actual, string? fix, string because) =>
        new() { Id = Id, Resource = Resource, Outcome = outcome, Expected = Expected, Actual = actual, Fix = fix, Because = because };
}
