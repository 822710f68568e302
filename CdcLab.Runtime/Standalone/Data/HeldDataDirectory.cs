using CdcLab.Model;
using CdcLab.Model.Live;
using CdcLab.Model.Options;
using CdcLab.Runtime.Standalone.Fetching;

namespace CdcLab.Runtime.Standalone.Data;

/// <summary>A data directory that a host of another kind than <see cref="Lab"/> has taken: locked, stamped, with its secrets and its run file, by which every command finds the lab.</summary>
public sealed class HeldDataDirectory : IDisposable
{
    private readonly DataDirectoryLock _lock;
    private RunFile? _runFile;
    private LabSecrets? _secrets;

    private HeldDataDirectory(DataDirectory directory, DataDirectoryLock held) => (Directory, _lock) = (directory, held);

    /// <summary>The folder.</summary>
    public DataDirectory Directory { get; }

    /// <summary>The lab's passwords and token; there once it is opened.</summary>
    public LabSecrets Secrets => _secrets ?? throw new InvalidOperationException("The data directory is not opened.");

    /// <summary>Takes it for a lab of containers; nothing is written into it yet.</summary>
    /// <param name="directory">The data directory.</param>
    /// <returns>The held directory.</returns>
    /// <exception cref="UnavailableException">Another host has it, it cannot be made, or its data is of another runtime.</exception>
    public static HeldDataDirectory Take(DataDirectory directory)
    {
        DataDirectoryLock held = LabOpening.Lock(directory);
        try
        {
            return Stamp.Read(directory) is { Runtime: not "container" and var other }
                ? throw new UnavailableException($"The data in {directory.Path} was made by the {other} runtime, and containers cannot open it; give this lab another Lab:DataDirectory, or make new data with 'reset'.")
                : new(directory, held);
        }
        catch (Exception)
        {
            held.Dispose();
            throw;
        }
    }

    /// <summary>Stamps it, makes or reads the secrets, and writes the run file: from now on this process has a lab in it.</summary>
    /// <exception cref="UnavailableException">The secrets are lost or damaged.</exception>
    public void Open()
    {
        (Stamp.Read(Directory) ?? Stamp.Of(LabRuntimeKind.Container)).Write(Directory);
        _runFile = new(Directory);
        _secrets = LabSecrets.ReadOrMake(Directory, ResourceNames.MySql);
    }

    /// <summary>Says in the run file how the lab is reached.</summary>
    /// <param name="options">The effective options.</param>
    /// <param name="ports">The ports.</param>
    /// <param name="abilities">What the lab is and can show.</param>
    /// <param name="dashboard">The page of the dashboard that is not the lab's own process; null for none.</param>
    public void Listens(LabOptions options, LabPorts ports, LabAbilities abilities, Uri? dashboard) => _runFile!.Listens(options, ports, abilities, Secrets.Token, dashboard);

    /// <inheritdoc/>
    public void Dispose()
    {
        _runFile?.Dispose();
        _lock.Dispose();
    }
}
