namespace CdcLab.Runtime.Standalone.Fetching.Apt;

/// <summary>Whose archive a suite is, as its signed Release file says.</summary>
/// <param name="Address">The archive's address.</param>
/// <param name="Suite">The suite, as it was asked for.</param>
/// <param name="Origin">The Release file's Origin.</param>
/// <param name="Label">The Release file's Label.</param>
internal sealed record AptRelease(string Address, string Suite, string Origin, string Label)
{
    private const string Format = "$(REPO_URI)|$(RELEASE)|$(ORIGIN)|$(LABEL)";

    /// <summary>Asks apt which releases it has lists of.</summary>
    /// <param name="options">apt's options; none for the machine's own lists.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async Task<IReadOnlyList<AptRelease>> ListAsync(IEnumerable<string> options, CancellationToken cancellationToken)
    {
        var result = await Tool.RunAsync(["apt-get"], [.. options, "indextargets", "--format", Format], null, null, cancellationToken);
        return result.Output.Select(line => line.Split('|'))
            .Where(fields => fields.Length == 4)
            .Select(fields => new AptRelease(fields[0].TrimEnd('/'), fields[1], fields[2], fields[3]))
            .Distinct()
            .ToList();
    }
}
