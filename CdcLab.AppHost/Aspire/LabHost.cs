using CdcLab.AppHost.Aspire;
using CdcLab.AppHost.Settings;

namespace CdcLab.AppHost;

/// <summary>The host of <c>run</c> in this build: a .NET Aspire application. Every other command is the same as in the standalone build.</summary>
internal static class LabHost
{
    /// <summary>Takes the arguments that are Aspire's out of a command line.</summary>
    /// <param name="arguments">All but the settings.</param>
    /// <returns>Aspire's own, and the rest.</returns>
    public static (IReadOnlyList<string> Own, IReadOnlyList<string> Ours) Take(IReadOnlyList<string> arguments) => AspireArguments.Take(arguments);

    /// <summary>Brings the lab up, or writes its manifest where Aspire's arguments ask for it.</summary>
    /// <param name="settings">The settings of the command line.</param>
    /// <param name="own">Aspire's arguments.</param>
    /// <returns>The exit code.</returns>
    public static Task<int> RunAsync(CommandLineSettings settings, IReadOnlyList<string> own) =>
        AspireArguments.AskForPublishing(own) ? AspirePublishing.RunAsync(settings, own) : AspireRun.RunAsync(settings, own);
}
