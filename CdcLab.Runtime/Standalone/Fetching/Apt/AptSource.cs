namespace CdcLab.Runtime.Standalone.Fetching.Apt;

/// <summary>One archive of the machine's apt sources.</summary>
/// <param name="Address">Its address, as apt takes it (also <c>mirror+file:...</c>).</param>
/// <param name="Suites">The suites that the machine uses of it, in their order.</param>
/// <param name="Components">The components that the machine uses of it.</param>
/// <param name="SignedBy">The value of Signed-By as it stands, which may be a whole key over several lines; null when apt's own keys count.</param>
/// <param name="IsTrusted">Whether the machine's owner takes it unsigned.</param>
internal sealed record AptSource(
    string Address, IReadOnlyList<string> Suites, IReadOnlyList<string> Components, string? SignedBy, bool IsTrusted)
{
    private static readonly string[] Pockets = ["-security", "-updates", "-backports", "-proposed", "-proposed-updates", "-backports-sloppy"];

    /// <summary>The suite that the others are named after: <c>bookworm</c>, <c>noble</c>; null when it has none (an archive of security updates only).</summary>
    public string? BaseSuite => Suites.FirstOrDefault(suite => !suite.Contains('/') && !Pockets.Any(pocket => suite.EndsWith(pocket, StringComparison.Ordinal)));
}
