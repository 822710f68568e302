using CdcLab.Runtime.Standalone.Data;
using CdcLab.Runtime.Standalone.Fetching;

namespace CdcLab.Runtime.Standalone;

/// <summary>Takes a data directory for a new lab of this process.</summary>
public static class LabOpening
{
    /// <summary>Takes the data directory that the plan names.</summary>
    /// <param name="plan">What is about to run.</param>
    /// <param name="events">Who wants to know.</param>
    /// <returns>A lab that is not started yet.</returns>
    /// <exception cref="UnavailableException">Another host has the folder, or it cannot be made.</exception>
    public static Lab Open(LabPlan plan, ILabEvents events) => new(plan, Lock(plan.Directory), events);

    /// <summary>Looks, before anything is judged or made, whether another host has the folder.</summary>
    /// <param name="directory">The data directory.</param>
    /// <exception cref="UnavailableException">Another host has it.</exception>
    public static void ThrowIfTaken(DataDirectory directory)
    {
        if (RunRecord.Living(directory) is not null)
            throw Taken(directory);
    }

    /// <summary>Makes and locks a data directory.</summary>
    /// <exception cref="UnavailableException">Another host has the folder, or it cannot be made.</exception>
    internal static DataDirectoryLock Lock(DataDirectory directory)
    {
        try
        {
            directory.Create();
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            throw new UnavailableException($"The data directory {directory.Path} cannot be made: {refused.Message.TrimEnd('.')}; set Lab:DataDirectory to a folder that can.");
        }

        return DataDirectoryLock.TryTake(directory) ?? throw Taken(directory);
    }

    private static UnavailableException Taken(DataDirectory directory) => new(
        $"A lab already runs in {directory.Path}{(RunRecord.Living(directory) is { } run ? $" (host process {run.Host.Pid})" : "")}; look at it with 'status', or give this one another Lab:DataDirectory and Lab:PortBase.");
}
