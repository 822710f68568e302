namespace CdcLab.Runtime.Standalone.Cleaning;

/// <summary>Something that a cleaning command found.</summary>
/// <param name="Path">Where it is.</param>
/// <param name="Bytes">What it takes on the disk, by the lengths of its files; null where that cannot be seen.</param>
/// <param name="WhyKept">Why it stays; null where it goes.</param>
public sealed record FoundItem(string Path, long? Bytes, string? WhyKept)
{
    private static readonly EnumerationOptions Everything = new() { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.None, IgnoreInaccessible = true };

    internal static FoundItem At(string path, string? whyKept = null) => new(path, Length(path), whyKept);

    // Links count for nothing, and what is behind them is not looked at: they alone are deleted.
    private static long Length(string path)
    {
        FileInfo file = new(path);
        if (file.LinkTarget is not null)
            return 0;
        if (file.Exists)
            return file.Length;
        return new DirectoryInfo(path).EnumerateFiles("*", Everything).Where(f => f.LinkTarget is null).Sum(f => f.Length);
    }
}
