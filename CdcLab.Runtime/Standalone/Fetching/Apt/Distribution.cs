namespace CdcLab.Runtime.Standalone.Fetching.Apt;

/// <summary>A distribution whose own archive has what the lab fetches.</summary>
/// <param name="Origin">Its name in the Release files of its archive.</param>
/// <param name="Label">The label of its main archive there; the archive of security updates has another.</param>
/// <param name="Components">The components that hold what is needed.</param>
internal sealed record Distribution(string Origin, string Label, IReadOnlyList<string> Components)
{
    /// <summary>Debian: MySQL is only in sid, and that suite is asked for whatever the machine runs.</summary>
    public static Distribution Debian { get; } = new("Debian", "Debian", ["main"]);

    /// <summary>Ubuntu: everything is in its own suites. Written with care, but never run: no Ubuntu was at hand.</summary>
    public static Distribution Ubuntu { get; } = new("Ubuntu", "Ubuntu", ["main", "universe"]);

    /// <summary>The suites of Ubuntu's archive that are used: the release and its updates.</summary>
    public static IReadOnlyList<string> UbuntuSuites(AptSource source)
        => [.. source.Suites.Where(suite => suite == source.BaseSuite || suite == source.BaseSuite + "-updates" || suite == source.BaseSuite + "-security")];
}
