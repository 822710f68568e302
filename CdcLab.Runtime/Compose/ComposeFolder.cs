using CdcLab.Model;
using CdcLab.Model.Containers;
using CdcLab.Runtime.Standalone.Data;
using CdcLab.Runtime.Standalone.Fetching;

namespace CdcLab.Runtime.Compose;

/// <summary>A folder with the lab's servers for Docker Compose: <c>compose.yaml</c>, <c>.env</c> and <c>mysql-init/</c>.</summary>
/// <param name="path">The folder.</param>
public sealed class ComposeFolder(string path)
{
    private const string ComposeName = "compose.yaml";
    private const string EnvName = ".env";
    private const string InitName = "mysql-init";

    /// <summary>The folder's full path.</summary>
    public string Path { get; } = System.IO.Path.TrimEndingDirectorySeparator(System.IO.Path.GetFullPath(path));

    /// <summary>Its <c>.env</c>.</summary>
    public string EnvPath => System.IO.Path.Combine(Path, EnvName);

    /// <summary>Writes the folder. Passwords that an earlier run made are kept: the volumes know them.</summary>
    /// <param name="model">The picture, made for containers.</param>
    /// <exception cref="UnavailableException">The folder is somebody else's.</exception>
    public void Write(LabModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        ThrowIfForeign();
        try
        {
            WriteFiles(model);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            throw new UnavailableException($"{Path} cannot be written ({refused.Message.TrimEnd('.')}): name a folder of your own.");
        }
    }

    private void WriteFiles(LabModel model)
    {
        Directory.CreateDirectory(System.IO.Path.Combine(Path, InitName));
        IReadOnlyDictionary<string, string> kept = File.Exists(EnvPath) ? EnvFile.Read(File.ReadAllText(EnvPath)).Secrets : new Dictionary<string, string>(StringComparer.Ordinal);
        Dictionary<string, string> secrets = EnvFile.SecretNames.ToDictionary(name => name, name => kept.GetValueOrDefault(name) is { Length: > 0 } old ? old : LabSecrets.Make(), StringComparer.Ordinal);
        DataDirectory.WritePrivate(EnvPath, EnvFile.Of(secrets, model.Options).Write());
        File.WriteAllText(System.IO.Path.Combine(Path, InitName, MySqlInitText.FileName), MySqlInitText.Write());
        File.WriteAllText(System.IO.Path.Combine(Path, ComposeName), ComposeText.Of(model));
    }

    private void ThrowIfForeign()
    {
        if (File.Exists(Path))
            throw new UnavailableException($"{Path} is a file: name a folder.");
        if (!Directory.Exists(Path) || !Directory.EnumerateFileSystemEntries(Path).Any())
            return;
        string compose = System.IO.Path.Combine(Path, ComposeName);
        if (!File.Exists(compose) || File.ReadLines(compose).FirstOrDefault() != ComposeText.Mark)
            throw new UnavailableException($"{Path} is not empty and was not written by this command: name an empty or a new folder.");
    }
}
