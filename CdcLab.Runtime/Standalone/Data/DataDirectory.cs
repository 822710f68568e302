using System.Security.Cryptography;
using System.Text;
using CdcLab.Model.Options;
using CdcLab.Runtime.Standalone.Fetching;

namespace CdcLab.Runtime.Standalone.Data;

/// <summary>A lab's folder: data, secrets, logs, the run file and the stamp. Everything in it is private to its user.</summary>
public sealed class DataDirectory
{
    /// <summary>The file whose lock says that a lab runs here.</summary>
    internal const string LockName = "lab.lock";

    /// <summary>The file that says that the folder is a lab's.</summary>
    internal const string StampName = "stamp.json";

    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>A folder that may or may not be there yet.</summary>
    /// <param name="path">Its path; made absolute.</param>
    public DataDirectory(string path) => Path = System.IO.Path.TrimEndingDirectorySeparator(System.IO.Path.GetFullPath(path));

    /// <summary>Its absolute path.</summary>
    public string Path { get; }

    /// <summary>The run file.</summary>
    public string RunFilePath => System.IO.Path.Combine(Path, "run.json");

    internal string LockPath => System.IO.Path.Combine(Path, LockName);

    internal string StampPath => System.IO.Path.Combine(Path, StampName);

    internal string SecretsPath => System.IO.Path.Combine(Path, "secrets.json");

    /// <summary>A short name that only this folder has; names its cgroups.</summary>
    internal string Id => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Path)))[..12];

    /// <summary>The folder that these options ask for.</summary>
    /// <param name="options">The options.</param>
    /// <returns>The configured folder, else the lab's own below the user's state folder.</returns>
    public static DataDirectory Of(LabOptions options) =>
        new(options.DataDirectory ?? System.IO.Path.Combine(StateRoot(), options.Name));

    /// <summary>Where the user's labs lie.</summary>
    /// <returns><c>${XDG_STATE_HOME:-~/.local/state}/cdclab</c>.</returns>
    public static string StateRoot()
    {
        // The XDG specification: a relative path in the variable is to be ignored.
        string state = Environment.GetEnvironmentVariable("XDG_STATE_HOME") is { Length: > 0 } xdg && System.IO.Path.IsPathRooted(xdg)
            ? xdg
            : System.IO.Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile, Environment.SpecialFolderOption.DoNotVerify), ".local", "state");
        return System.IO.Path.Combine(state, "cdclab");
    }

    /// <summary>A folder inside it, made where it is missing.</summary>
    internal string Folder(string name) => Directory.CreateDirectory(System.IO.Path.Combine(Path, name), Private).FullName;

    internal void Create() => Directory.CreateDirectory(Path, Private);

    /// <summary>Whether it holds nothing but what a start makes before the stamp.</summary>
    internal bool IsEmpty() => Directory.EnumerateFileSystemEntries(Path).All(e => System.IO.Path.GetFileName(e) == LockName);

    /// <summary>Writes a file that only its user can read, at once or not at all.</summary>
    /// <exception cref="UnavailableException">The disk is full, or may not be written.</exception>
    internal static void WritePrivate(string path, string text)
    {
        string temporary = path + ".new";
        try
        {
            File.Delete(temporary);
            using (FileStream file = new(temporary, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite }))
                file.Write(Encoding.UTF8.GetBytes(text));
            File.Move(temporary, path, overwrite: true);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            throw new UnavailableException($"{path} cannot be written: {refused.Message.TrimEnd('.')}. Make room or allow writing there.");
        }
    }
}
