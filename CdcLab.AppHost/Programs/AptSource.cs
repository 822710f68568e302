using System.Text.RegularExpressions;

namespace CdcLab.AppHost.Programs;

/// <summary>An archive among the machine's apt sources, and what the machine uses of it. <c>KeyFields</c> say with which key it is signed
/// (Signed-By), or that the machine's owner takes it unsigned (Trusted).</summary>
internal sealed partial record AptSource(string Address, IReadOnlyList<string> Suites, IReadOnlyList<string> Components, string KeyFields)
{
    private const RegexOptions Options = RegexOptions.IgnoreCase | RegexOptions.Multiline | RegexOptions.ExplicitCapture;

    private static readonly string[] Pockets = ["-security", "-updates", "-backports", "-proposed", "-proposed-updates", "-backports-sloppy"];

    /// <summary>The suite that the others are named after: <c>bookworm</c>, <c>noble</c>; null for an archive of security updates only.</summary>
    public string? BaseSuite
        => Suites.FirstOrDefault(suite => !suite.Contains('/') && !Pockets.Any(pocket => suite.EndsWith(pocket, StringComparison.Ordinal)));

    /// <summary>Those of <paramref name="targets"/> that may be the distribution's own archive, the surest first: what is <paramref name="known"/> tells by its
    /// signed Release files whose it is. Entries for one address with one key become one.</summary>
    public static IEnumerable<AptSource> Candidates(IReadOnlyList<AptTarget> targets, IReadOnlyList<AptTarget> known, string origin)
        => from source in targets.GroupBy(target => (target.Address, Key: KeyFieldsOf(target.Entry)))
               .Select(entries => new AptSource(
                   entries.Key.Address,
                   [.. entries.Select(target => target.Suite).Distinct()],
                   [.. entries.Select(target => target.Component).Distinct()],
                   entries.Key.Key))
           where !source.Address.StartsWith("cdrom:", StringComparison.Ordinal) && source.BaseSuite is not null && source.Components.Contains("main")
           let origins = known.Where(target => target.Address == source.Address).Select(target => target.Origin).ToList()
           where origins.Count == 0 || origins.Contains(origin)
           // The others are asked in their order.
           orderby origins.Count == 0
           select source;

    // apt tells only where a source's entry stands ("FILE:NUMBER", a line of a list or a stanza of a .sources file), not the key in it.
    internal static string KeyFieldsOf(string entry)
    {
        var colon = entry.LastIndexOf(':');
        var number = int.Parse(entry[(colon + 1)..], CultureInfo.InvariantCulture);
        var lines = File.ReadLines(entry[..colon]);
        if (!entry[..colon].EndsWith(".sources", StringComparison.Ordinal))
            return string.Concat(KeyOption().Matches(lines.ElementAt(number - 1).Split('#')[0]).Select(match => match.Result("${name}: ${value}\n")));
        // apt numbers stanzas as it does lines, from one; paragraphs of comments alone are none.
        var stanzas = BlankLine().Split(string.Concat(lines.Where(line => !line.StartsWith('#')).Select(line => line + "\n")));
        return string.Concat(KeyField().Matches(stanzas.Where(stanza => stanza.Length > 0).ElementAt(number - 1)).Select(match => match.Value));
    }

    [GeneratedRegex(@"[\[\s](?<name>signed-by|trusted)=(?<value>[^\s\]]+)", Options, matchTimeoutMilliseconds: 1000)]
    private static partial Regex KeyOption();

    [GeneratedRegex(@"^(\s*\n)+", Options, matchTimeoutMilliseconds: 1000)]
    private static partial Regex BlankLine();

    // A whole key may stand in the field, over several lines.
    [GeneratedRegex(@"^(signed-by|trusted):.*\n([ \t].*\n)*", Options, matchTimeoutMilliseconds: 1000)]
    private static partial Regex KeyField();
}

// What apt says of one component of one suite. Origin and Label are the Release file's, and mean nothing where apt has none.
internal sealed record AptTarget(string Address, string Suite, string Component, string Entry, string Origin, string Label)
{
    // apt leaves out files that this user may not read. It tells of those that it has lists of, and with "--no-release-info" of all.
    public static async Task<IReadOnlyList<AptTarget>> ListAsync(IEnumerable<string> options, CancellationToken cancellationToken)
    {
        const string Format = "$(REPO_URI)|$(RELEASE)|$(COMPONENT)|$(SOURCESENTRY)|$(ORIGIN)|$(LABEL)";
        string[] packages = ["Created-By: Packages", "Target-Of: deb", "Architecture: amd64"];
        var result = await Tool.RunAsync(["apt-get"], [.. options, "indextargets", "--format", Format, .. packages], null, null, cancellationToken);
        return [.. result.Output.Select(line => line.Split('|')).Where(f => f.Length == 6).Select(f => new AptTarget(f[0], f[1], f[2], f[3], f[4], f[5]))];
    }
}
