namespace CdcLab.Runtime.Standalone.Fetching;

/// <summary>Mends the links of packages that were unpacked below a folder instead of at the root of the system.</summary>
internal static class TreeLinks
{
    /// <summary>
    /// Makes each absolute link below <paramref name="root"/> relative when its target is below it too, and removes it when it is not:
    /// it would lead to a file of the machine that only happens to have the name.
    /// </summary>
    public static void Rebase(string root)
    {
        var options = new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.None };
        foreach (var link in new DirectoryInfo(root).EnumerateFileSystemInfos("*", options).Where(entry => entry.LinkTarget is not null).ToList())
        {
            var target = link.LinkTarget!;
            if (!Path.IsPathRooted(target))
                continue;
            link.Delete();
            var inside = Path.Combine(root, target.TrimStart('/'));
            if (Path.Exists(inside))
                File.CreateSymbolicLink(link.FullName, Path.GetRelativePath(Path.GetDirectoryName(link.FullName)!, inside));
        }
    }
}
