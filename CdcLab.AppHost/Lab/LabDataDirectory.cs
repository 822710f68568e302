using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using CdcLab.Model.Options;

namespace CdcLab.AppHost.Lab;

/// <summary>The passwords and tokens of a lab, generated once and kept in its data directory, readable by its owner only.</summary>
internal sealed record LabSecrets(string Root, string Debezium, string Simulator, string KafkaUi, string Token, string DashboardToken)
{
    private const int Characters = 24;

    /// <summary>All of them.</summary>
    public IReadOnlyList<string> All => [Root, Debezium, Simulator, KafkaUi, Token, DashboardToken];

    /// <summary>New ones: letters and digits only, so that no shell, file format or connection string needs quotes.</summary>
    public static LabSecrets Generate() => new(Text(), Text(), Text(), Text(), Text(), Text());

    // A password policy may ask for an upper-case letter, a lower-case one, a digit and a special character.
    private static string Text() => "Aa1-" + RandomNumberGenerator.GetString("ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789", Characters);
}

/// <summary>What a data directory was made by; it decides what may open it again.</summary>
internal sealed record LabStamp(LabRuntime Runtime, string? KafkaSeries, string Id);

/// <summary>The folder of a lab's data, secrets and logs, as it is found before the start.</summary>
internal sealed class LabDataDirectory
{
    internal const string StampFile = "cdclab.json";
    internal const string LockFile = "lock";
    internal const string RunFile = "run.json";

    private LabDataDirectory(string path) => Path = path;

    /// <summary>The absolute path.</summary>
    public string Path { get; }

    /// <summary>How its data was made; null for a new directory.</summary>
    public LabRuntime? Runtime => Stamp?.Runtime;

    /// <summary>Its stamp; null where it has none.</summary>
    public LabStamp? Stamp => ReadJson<LabStamp>(StampFile);

    /// <summary>Where its lab answers; null while none runs.</summary>
    public Uri? RunningVerifier => IsHeld && ReadJson<RunRecord>(RunFile) is { } run ? run.Verifier : null;

    /// <summary>Whether a lab runs in it.</summary>
    public bool IsHeld
    {
        get
        {
            try
            {
                using FileStream file = new(System.IO.Path.Combine(Path, LockFile), FileMode.Open, FileAccess.ReadWrite, FileShare.None);
                return false;
            }
            catch (IOException held) when (held is not (FileNotFoundException or DirectoryNotFoundException))
            {
                return true;
            }
            catch (Exception absent) when (absent is IOException or UnauthorizedAccessException)
            {
                return false;
            }
        }
    }

    /// <summary>The directory of options.</summary>
    public static LabDataDirectory Of(LabOptions options)
    {
        string state = Environment.GetEnvironmentVariable("XDG_STATE_HOME") is { Length: > 0 } home && System.IO.Path.IsPathRooted(home)
            ? home
            : System.IO.Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".local", "state");
        return new(System.IO.Path.GetFullPath(options.DataDirectory ?? System.IO.Path.Combine(state, "cdclab", options.Name)));
    }

    /// <summary>Why the directory cannot be used; null where it can.</summary>
    public string? Problem()
    {
        if (File.Exists(Path))
            return $"{Path} is not a folder; use the path of a folder";
        if (Directory.Exists(Path))
        {
            if (Stamp is null && Directory.EnumerateFileSystemEntries(Path).Any())
                return $"{Path} is not empty and is not a lab's folder; use a new or empty folder";
            return IsHeld ? $"a lab runs in {Path}{(ReadJson<RunRecord>(RunFile) is { } run ? $" (process {run.Pid})" : "")}; stop it, or use another folder" : null;
        }

        string? parent = Path;
        while (parent is not null && !Directory.Exists(parent))
        {
            if (File.Exists(parent))
                return $"{parent} is not a folder, so that {Path} cannot be made; use another folder";
            parent = System.IO.Path.GetDirectoryName(parent);
        }

        return null;
    }

    /// <summary>Takes the directory for a run: makes it, locks it, stamps it, and generates what secrets it lacks.</summary>
    public bool TryHold(LabRuntime runtime, [NotNullWhen(true)] out HeldDataDirectory? held, [NotNullWhen(false)] out string? fault)
    {
        held = null;
        fault = Problem();
        if (fault is not null)
            return false;
        string? made = FirstMissing();
        try
        {
            Directory.CreateDirectory(Path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            FileStream hold = new(System.IO.Path.Combine(Path, LockFile), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            LabStamp stamp = Stamp ?? new(runtime, null, Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4)));
            WritePrivate(StampFile, JsonSerializer.Serialize(stamp));
            held = new(this, hold, stamp);
            return true;
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            if (made is not null && Directory.Exists(made))
                Directory.Delete(made, recursive: true);
            fault = $"Lab:DataDirectory = {Path}: {refused.Message}";
            return false;
        }
    }

    internal T? ReadJson<T>(string file)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize<T>(File.ReadAllText(System.IO.Path.Combine(Path, file)));
        }
        catch (Exception unreadable) when (unreadable is IOException or JsonException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    internal void WritePrivate(string file, string text)
    {
        string path = System.IO.Path.Combine(Path, file);
        using (FileStream stream = new(path + ".new", new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite }))
            stream.Write(Encoding.UTF8.GetBytes(text));
        File.Move(path + ".new", path, overwrite: true);
    }

    private string? FirstMissing()
    {
        string? missing = null;
        for (string? at = Path; at is not null && !Directory.Exists(at); at = System.IO.Path.GetDirectoryName(at))
            missing = at;
        return missing;
    }

    internal sealed record RunRecord(int Pid, Uri Verifier);
}

/// <summary>A data directory while a lab runs in it.</summary>
internal sealed class HeldDataDirectory : IDisposable
{
    private const string Secret = "secrets.json";
    private readonly LabDataDirectory _directory;
    private readonly FileStream _lock;

    internal HeldDataDirectory(LabDataDirectory directory, FileStream hold, LabStamp stamp)
    {
        (_directory, _lock, Id, KafkaSeries) = (directory, hold, stamp.Id, stamp.KafkaSeries);
        Secrets = directory.ReadJson<LabSecrets>(Secret) ?? LabSecrets.Generate();
        directory.WritePrivate(Secret, JsonSerializer.Serialize(Secrets));
    }

    /// <summary>The absolute path.</summary>
    public string Path => _directory.Path;

    /// <summary>A short name of the directory that no other has.</summary>
    public string Id { get; }

    /// <summary>The series of the Kafka that wrote its data, e.g. <c>3.5</c>; null for new data.</summary>
    public string? KafkaSeries { get; }

    /// <summary>The secrets.</summary>
    public LabSecrets Secrets { get; }

    /// <summary>The file of the secrets.</summary>
    public string SecretsFile => System.IO.Path.Combine(Path, Secret);

    /// <summary>Writes where the lab answers.</summary>
    public void Announce(Uri verifier) => _directory.WritePrivate(LabDataDirectory.RunFile, JsonSerializer.Serialize(new LabDataDirectory.RunRecord(Environment.ProcessId, verifier)));

    public void Dispose()
    {
        File.Delete(System.IO.Path.Combine(Path, LabDataDirectory.RunFile));
        _lock.Dispose();
    }
}
