using System.Security.Cryptography;
using System.Text;
using CdcLab.Model;
using CdcLab.Model.Containers;

namespace CdcLab.Runtime.Engine;

/// <summary>The named volumes that hold a lab's data, made with the lab's labels before anything uses them: by those, the data is found and deleted with the lab.</summary>
/// <param name="parts">What the engine holds of the lab.</param>
/// <param name="lab">The lab.</param>
/// <param name="model">Its picture.</param>
internal sealed class LabVolumes(LabParts parts, LabIdentity lab, LabModel model)
{
    /// <summary>A folder that is made once MySQL's root could log in. It has the name that MySQL's data has in the embedded runtime: by it, secrets that are lost are missed in both.</summary>
    public string FinishedMark => Path.Combine(lab.DataDirectory, model.MySql.DataFolder!);

    /// <summary>Makes those that are not there.</summary>
    /// <param name="rootPassword">What MySQL's data will know, or knows.</param>
    /// <param name="cancellationToken">Gives it up.</param>
    /// <exception cref="Standalone.Fetching.UnavailableException">One belongs to another lab, or knows another password.</exception>
    public async Task EnsureAsync(string rootPassword, CancellationToken cancellationToken)
    {
        foreach ((ContainerSpec spec, ContainerVolume volume) in ContainerMapping.Of(model).SelectMany(s => s.Volumes.Select(v => (s, v))))
            await parts.EnsureVolumeAsync(lab, lab.Volume(volume.Name), spec.Resource.Name, spec.Resource is MySqlResource ? Fingerprint(rootPassword) : null, Directory.Exists(FinishedMark), cancellationToken);
    }

    // Of 190 random bits: nobody finds the password by it.
    private static string Fingerprint(string password) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes("cdclab " + password)))[..16];
}
