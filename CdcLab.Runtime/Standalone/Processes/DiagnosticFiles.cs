using System.Globalization;

namespace CdcLab.Runtime.Standalone.Processes;

/// <summary>The socket and the pipes by which a .NET process can be diagnosed. One that was killed leaves them in the folder for temporary files, and nobody else takes them away.</summary>
internal static class DiagnosticFiles
{
    /// <summary>Takes away those of a process that has ended; the kernel's start time in their names tells them from those of a later process with the same id.</summary>
    public static void Remove(int pid, long startTime)
    {
        string folder = Path.GetTempPath();
        string who = string.Create(CultureInfo.InvariantCulture, $"{pid}-{startTime}");
        foreach (string name in (string[])[$"dotnet-diagnostic-{who}-socket", $"clr-debug-pipe-{who}-in", $"clr-debug-pipe-{who}-out"])
        {
            try
            {
                File.Delete(Path.Combine(folder, name));
            }
            catch (Exception kept) when (kept is IOException or UnauthorizedAccessException)
            {
                // They hold nothing; a folder that may not be written to must keep nobody from ending or starting.
            }
        }
    }
}
