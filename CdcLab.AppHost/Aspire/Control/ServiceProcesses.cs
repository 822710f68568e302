using System.Globalization;
using CdcLab.Model;
using CdcLab.Runtime;
using CdcLab.Runtime.Standalone.Processes;

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
            if (int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out int pid) && ProcessTable.Parent(pid) == wrapper && ProcessTable.CommandLine(pid) is [var program, ..] && program == _programs[service])
                return pid;
        }

        return null;
    }

    /// <summary>Sends a signal to it.</summary>
    /// <exception cref="LabControlException">It has ended.</exception>
    public static void Signal(int pid, Signal signal)
    {
        if (!ProcessTable.SignalProcess(pid, signal))
            throw new LabControlException($"Process {pid.ToString(CultureInfo.InvariantCulture)} has ended.");
    }
}
