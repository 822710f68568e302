namespace CdcLab.Runtime.Standalone.Fetching;

/// <summary>An Aspire dashboard that is ready to start.</summary>
/// <param name="Command">The program and its arguments.</param>
/// <param name="Version">Its version; null where it is somebody's own.</param>
/// <param name="Origin">Where it came from, for people.</param>
public sealed record DashboardInstallation(IReadOnlyList<string> Command, string? Version, string Origin)
{
    // Inside Aspire's CLI the dashboard is one of several programs in one file; in the NuGet package it is a file of its own.
    private const string InCli = "aspire-managed";
    private const string OfItsOwn = "Aspire.Dashboard";

    /// <summary>The dashboard in a folder, or of a file.</summary>
    /// <param name="path">A folder that holds <c>aspire-managed</c> or <c>Aspire.Dashboard</c>, or one of these files.</param>
    /// <param name="version">Its version, where it is known.</param>
    /// <param name="origin">Where it came from.</param>
    /// <returns>Null when there is none, it cannot be executed, or its pages (<c>wwwroot</c>) are not beside it.</returns>
    internal static DashboardInstallation? In(string path, string? version, string origin)
    {
        string? program = File.Exists(path)
            ? path
            : new[] { InCli, OfItsOwn }.Select(name => Path.Combine(path, name)).FirstOrDefault(File.Exists);
        if (program is null || !ProgramPath.IsExecutable(program) || !Directory.Exists(Path.Combine(Path.GetDirectoryName(Path.GetFullPath(program))!, "wwwroot")))
            return null;
        program = Path.GetFullPath(program);
        return Path.GetFileName(program) switch
        {
            InCli => new([program, "dashboard"], version, origin),
            OfItsOwn => new([program], version, origin),
            _ => null,
        };
    }
}
