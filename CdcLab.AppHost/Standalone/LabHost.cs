using CdcLab.AppHost.Settings;

namespace CdcLab.AppHost;

/// <summary>The host of <c>run</c> in this build: the standalone one. Built with <c>UseAspire=true</c>, the type of the folder <c>Aspire/</c> is in its place.</summary>
internal static class LabHost
{
    /// <summary>Takes the arguments that are the host's own out of a command line.</summary>
    /// <param name="arguments">All but the settings.</param>
    /// <returns>The host's own, of which this one has none, and ours.</returns>
    public static (IReadOnlyList<string> Own, IReadOnlyList<string> Ours) Take(IReadOnlyList<string> arguments) => ([], arguments);

    /// <summary>Brings the lab up, shows it, and keeps it until it is told to stop.</summary>
    /// <param name="settings">The settings of the command line.</param>
    /// <param name="own">The host's own arguments.</param>
    /// <returns>The exit code.</returns>
    public static Task<int> RunAsync(CommandLineSettings settings, IReadOnlyList<string> own) => StandaloneRun.RunAsync(settings);
}
