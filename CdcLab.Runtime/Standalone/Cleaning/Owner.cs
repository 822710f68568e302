using System.Globalization;
using System.Runtime.InteropServices;
using CdcLab.Runtime.Standalone.Fetching;

namespace CdcLab.Runtime.Standalone.Cleaning;

/// <summary>Whose a folder is: root could delete another user's lab, or leave files of its own in it that its user cannot open, and must not.</summary>
internal static partial class Owner
{
    /// <summary>Refuses a folder that is not this user's.</summary>
    /// <param name="folder">A folder that is there.</param>
    /// <param name="cancellationToken">Gives it up.</param>
    /// <param name="outcome">What has come of it, as the last sentence.</param>
    /// <exception cref="UnavailableException">It belongs to somebody else, or that cannot be told.</exception>
    public static async Task ThrowIfAnotherAsync(string folder, CancellationToken cancellationToken, string outcome = "Nothing was deleted.")
    {
        ToolResult stat = await Tool.RunAsync(["stat", "--format=%u %U"], [folder], workingDirectory: null, onOutputLine: null, cancellationToken);
        if (stat.ExitCode != 0 || stat.Output.Count == 0)
            throw new UnavailableException($"{folder} cannot be looked at: {(stat.Error is [var first, ..] ? first : "stat said nothing")}.");
        string[] owner = stat.Output[0].Split(' ', 2);
        if (owner[0] != EffectiveUser().ToString(CultureInfo.InvariantCulture))
            throw new UnavailableException($"{folder} belongs to the user {owner[^1]}; run this command as that user. {outcome}");
    }

    [LibraryImport("libc", EntryPoint = "geteuid")]
    private static partial uint EffectiveUser();
}
