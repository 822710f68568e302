using CdcLab.Runtime.Standalone.Fetching;

namespace CdcLab.Runtime.Standalone.Cleaning;

/// <summary>Whether two paths lead to one folder, whatever links lie on the way.</summary>
internal static class SameFolder
{
    /// <summary>Whether a folder is another one, or one of those above it.</summary>
    /// <param name="folder">A folder that is there.</param>
    /// <param name="other">The other one; it need not be there.</param>
    /// <param name="cancellationToken">Gives it up.</param>
    /// <exception cref="UnavailableException">The folder cannot be looked at.</exception>
    public static async Task<bool> IsOrHoldsAsync(string folder, string other, CancellationToken cancellationToken)
    {
        List<string> paths = ["/"];
        for (string? path = Path.TrimEndingDirectorySeparator(other); !string.IsNullOrEmpty(path); path = Path.GetDirectoryName(path))
            paths.Add(path);

        // Where the other one is a link itself, the folders above its target hold it too.
        if (await AskAsync("realpath", ["--canonicalize-missing", "--", other], cancellationToken) is [var real, ..])
        {
            for (string? path = Path.GetDirectoryName(real); path is not null; path = Path.GetDirectoryName(path))
                paths.Add(path);
        }

        // Device and inode are the folder, its path is only a way to it.
        IReadOnlyList<string> own = await AskAsync("stat", ["--dereference", "--format=%d:%i", "--", folder], cancellationToken);
        if (own is not [var id])
            throw new UnavailableException($"{folder} cannot be looked at.");
        IReadOnlyList<string> others = await AskAsync("stat", ["--dereference", "--format=%d:%i", "--", .. paths.Distinct(StringComparer.Ordinal)], cancellationToken);
        return others.Contains(id, StringComparer.Ordinal);
    }

    // Of paths that are not there, stat says nothing on its standard output.
    private static async Task<IReadOnlyList<string>> AskAsync(string tool, IEnumerable<string> arguments, CancellationToken cancellationToken) =>
        (await Tool.RunAsync([tool], arguments, workingDirectory: "/", onOutputLine: null, cancellationToken)).Output;
}
