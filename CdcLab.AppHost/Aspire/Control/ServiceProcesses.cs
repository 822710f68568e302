using System.Diagnostics;
using System.Globalization;
using CdcLab.Model;
using CdcLab.Runtime;

namespace CdcLab.AppHost.Aspire.Control;

/// <summary>The processes of the two services. Aspire starts each by <c>dotnet run</c> and knows only that wrapper; the service is the wrapper's child.</summary>
internal sealed class ServiceProcesses
{
    private readonly Dictionary<string, string> _programs = new(StringComparer.Ordinal);

    public ServiceProcesses()
    {
        (_programs[ResourceNames.OrderSimulator], _programs[ResourceNames.Verifier]) = (Programs.Find().OrderSimulator, Programs.Find().Verifier);
    }

    /// <summary>The service itself, below its wrapper.</summary>
    /// <param name="service">Its name.</param>
    /// <param name="wrapper">The wrapper's process id.</param>
    /// <returns>Null while it has not started, or when it has ended.</returns>
    public int? Find(string service, int wrapper)
    {
        foreach (string folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out int pid) && Parent(folder) == wrapper && Program(folder) == _programs[service])
                return pid;
        }

        return null;
    }

    /// <summary>Sends a signal to it.</summary>
    public static async Task SignalAsync(int pid, string signal)
    {
        using Process kill = Process.Start("kill", ["-" + signal, pid.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
        if (kill.ExitCode != 0)
            throw new LabControlException($"Process {pid.ToString(CultureInfo.InvariantCulture)} could not be sent SIG{signal}: it has ended, or is another user's.");
    }

    /// <summary>Whether a process was stopped by SIGSTOP; null where it is gone.</summary>
    public static bool? IsStopped(int pid)
    {
        try
        {
            string stat = File.ReadAllText($"/proc/{pid.ToString(CultureInfo.InvariantCulture)}/stat");
            return stat[stat.LastIndexOf(')') + 2] is 'T' or 't';
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static int? Parent(string folder)
    {
        try
        {
            string stat = File.ReadAllText(Path.Combine(folder, "stat"));
            return int.Parse(stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[1], CultureInfo.InvariantCulture);
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static string? Program(string folder)
    {
        try
        {
            return new FileInfo(Path.Combine(folder, "exe")).ResolveLinkTarget(returnFinalTarget: false)?.FullName;
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
