namespace CdcLab.Runtime.Standalone.Fetching;

/// <summary>Finds programs as a shell does.</summary>
internal static class ProgramPath
{
    private const UnixFileMode Execute = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    /// <summary>The path of a program on <c>PATH</c>; null when there is none.</summary>
    public static string? Find(string name, Func<string, string?> environment)
        => (environment("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries)
            .Where(Path.IsPathRooted)
            .Select(folder => Path.Combine(folder, name))
            .FirstOrDefault(IsExecutable);

    /// <summary>Whether there is a file that somebody may execute.</summary>
    public static bool IsExecutable(string path)
        => !OperatingSystem.IsWindows() && File.Exists(path) && (File.GetUnixFileMode(path) & Execute) != UnixFileMode.None;
}
