using System.Globalization;

namespace CdcLab.Runtime.Standalone.Cleaning;

/// <summary>Finds out whether a folder's programs run: also those of a host that was killed, which holds no lock any more.</summary>
internal static class ProcessesUsing
{
    /// <summary>A process that has files of the folder on its command line or in its memory.</summary>
    /// <param name="folder">The folder, absolute.</param>
    /// <returns>Words that name the process; null where there is none that this user can see.</returns>
    public static string? Folder(string folder)
    {
        foreach (string entry in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(entry), NumberStyles.None, CultureInfo.InvariantCulture, out int pid) && pid != Environment.ProcessId
                && (Mentions(entry + "/cmdline", folder) || Mentions(entry + "/maps", folder)))
                return $"in use by process {pid}";
        }

        return null;
    }

    private static bool Mentions(string file, string folder)
    {
        try
        {
            return File.ReadAllText(file).Contains(folder + "/", StringComparison.Ordinal);
        }
        catch (Exception unseen) when (unseen is IOException or UnauthorizedAccessException)
        {
            // It ended, or is another user's, whose labs have a cache of their own.
            return false;
        }
    }
}
