namespace CdcLab.Runtime.Standalone.Servers;

/// <summary>How servers and container engines tell of a full disk.</summary>
internal static class FullDisk
{
    // ENOSPC in words (Java, the engine, MySQL where it explains the number), as MySQL's number, and EDQUOT in words.
    private static readonly string[] Words = ["no space left on device", "errno: 28", "error number 28", "disk is full", "disk quota exceeded"];

    /// <summary>Whether one of some lines tells of it.</summary>
    /// <param name="lines">What was written.</param>
    /// <returns>Whether one does.</returns>
    public static bool IsToldBy(IEnumerable<string> lines) => lines.Any(line => Words.Any(word => line.Contains(word, StringComparison.OrdinalIgnoreCase)));
}
