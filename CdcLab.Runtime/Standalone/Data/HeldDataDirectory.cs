using CdcLab.Model;
using CdcLab.Model.Live;
using CdcLab.Model.Options;
using CdcLab.Runtime.Standalone.Fetching;

namespace CdcLab.Runtime.Standalone.Data;

/// <summary>A data directory that a host of another kind than <see cref="Lab"/> has taken: locked, stamped, with its secrets and its run file, by which every command finds the lab.</summary>
public sealed class HeldDataDirectory : IDisposable
{
    private readonly DataDirectoryLock _lock;
    private readonly RunFile _runFile;

    private HeldDataDirectory(DataDirectory directory, DataDirectoryLock held, RunFile runFile, LabSecrets secrets) => (Directory, _lock, _runFile, Secrets) = (directory, held, runFile, secrets);

    /// <summary>The folder.</summary>
    public DataDirectory Directory { get; }

    /// <summary>The lab's passwords and token.</summary>
    public LabSecrets Secrets { get; }

    /// <summary>Takes it for a lab of containers.</summary>
    /// <param name="directory">The data directory.</param>
    /// <returns>The held directory.</returns>
    /// <exception cref="UnavailableException">Another host has it, it cannot be made, or its data is of another runtime.</exception>
    public static HeldDataDirectory Take(DataDirectory directory)
    {
        DataDirectoryLock held = LabOpening.Lock(directory);
        try
        {
            Stamp stamp = Stamp.Read(directory) ?? Stamp.Of(LabRuntimeKind.Container);
            if (stamp.Runtime != "container")
                throw new UnavailableException($"The data in {directory.Path} was made by the {stamp.Runtime} runtime, and containers cannot open it; give this lab another Lab:DataDirectory, or make new data with 'reset'.");
            stamp.Write(directory);
            return new(directory, held, new RunFile(directory), LabSecrets.ReadOrMake(directory, ResourceNames.MySql));
        }
        catch (Exception)
        {
            held.Dispose();
            throw;
        }
    }

    /// <summary>Says in the run file how the lab is reached.</summary>
    /// <param name="options">The effective options.</param>
    /// <param name="ports">The ports.</param>
    /// <param name="abilities">What the lab is and can show.</param>
    public void Listens(LabOptions options, LabPorts ports, LabAbilities abilities) => _runFile.Listens(options, ports, abilities, Secrets.Token);

    /// <inheritdoc/>
    public void Dispose()
    {
        _runFile.Dispose();
        _lock.Dispose();
    }
}
