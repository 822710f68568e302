using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace CdcLab.AppHost.Lab;

/// <summary>What a data directory was made by; it decides what may open it again. The series are those of the servers that wrote its data, e.g. <c>9.7</c>; null before their first start.</summary>
internal sealed record LabStamp(int Format, LabRuntime Runtime, string Id, string? MySqlSeries, string? KafkaSeries)
{
    public const int ThisFormat = 1;

    [JsonIgnore]
    public bool IsValid => Format == ThisFormat && Runtime is LabRuntime.Container or LabRuntime.Process && Id is { Length: > 0 } && IsSeries(MySqlSeries) && IsSeries(KafkaSeries);

    private static bool IsSeries(string? text) => text is null || Version.TryParse(text, out _);
}

/// <summary>Passwords of three users of MySQL and of Kafka UI's login, the token of both services' APIs and that of the dashboard's link: generated once, readable by their owner only.</summary>
internal sealed record LabSecrets(string Root, string Debezium, string Simulator, string KafkaUi, string Token, string DashboardToken)
{
    public const string FileName = "secrets.json";

    [JsonIgnore]
    public IReadOnlyList<string> All => [Root, Debezium, Simulator, KafkaUi, Token, DashboardToken];

    public static string Key(string secret) => LabJson.Options.PropertyNamingPolicy!.ConvertName(secret);

    public static LabSecrets Generate() => new(Text(), Text(), Text(), Text(), Text(), Text());

    // Letters, digits and a dash: no shell, file format or connection string needs quotes. A password policy may ask for one of each kind.
    private static string Text() => "Aa1-" + RandomNumberGenerator.GetString("ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789", 24);
}

/// <summary>The folder of a lab's data, secrets and logs, as it is found before the start.</summary>
internal sealed class LabDataDirectory
{
    internal const string StampFile = "cdclab.json";
    internal const string LockFile = "lock";
    internal const string RunFile = "run.json";

    // Measured: the data of a new lab takes 270 MiB before the first order.
    private const long LeastForNewData = 512 * ByteSize.MiB;
    private const long LeastForKeptData = 128 * ByteSize.MiB;

    // EWOULDBLOCK: somebody else holds the lock.
    private const int WouldBlock = 11;
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private LabDataDirectory(string path) => Path = System.IO.Path.TrimEndingDirectorySeparator(System.IO.Path.GetFullPath(path));

    public string Path { get; }

    public LabRuntime? Runtime => Stamp?.Runtime;

    // Null where there is none that can be read.
    public LabStamp? Stamp => ReadJson<LabStamp>(StampFile) is { IsValid: true } stamp ? stamp : null;
    public LabSecrets? Secrets => ReadJson<LabSecrets>(LabSecrets.FileName) is { } secrets && secrets.All.All(s => s is { Length: > 0 }) ? secrets : null;

    /// <summary>The process that runs a lab in it and its verifier's address; null while none runs, or before it is about to listen.</summary>
    public RunRecord? Running => IsHeld ? ReadJson<RunRecord>(RunFile) : null;

    /// <summary>Whether a lab runs in it. The kernel gives the lock back when the lab's process ends, however it ends.</summary>
    public bool IsHeld
    {
        get
        {
            try
            {
                using FileStream? hold = TryLock(FileMode.Open);
                return hold is null;
            }
            catch (Exception absent) when (absent is IOException or UnauthorizedAccessException)
            {
                return false;
            }
        }
    }

    // The XDG specification: a relative path in the variable is to be ignored.
    private static string StateRoot => System.IO.Path.Combine(
        Environment.GetEnvironmentVariable("XDG_STATE_HOME") is { Length: > 0 } home && System.IO.Path.IsPathRooted(home)
            ? home
            : System.IO.Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile, Environment.SpecialFolderOption.DoNotVerify), ".local", "state"),
        "cdclab");

    // No name of a lab can begin with a dot: whatever lies in here is ours to delete.
    private static string TemporaryRoot => System.IO.Path.Combine(StateRoot, ".temporary");

    public static LabDataDirectory Of(LabOptions options) => new(options.DataDirectory ?? System.IO.Path.Combine(StateRoot, options.Name));

    /// <summary>A new directory for one run of this process; nothing is made yet. What killed processes left of theirs is deleted.</summary>
    public static LabDataDirectory Temporary()
    {
        if (Directory.Exists(TemporaryRoot))
        {
            foreach (string left in Directory.GetDirectories(TemporaryRoot).Where(f => !Directory.Exists("/proc/" + System.IO.Path.GetFileName(f).Split('-')[^1])))
                Directory.Delete(left, recursive: true);
        }

        return new(System.IO.Path.Combine(TemporaryRoot, string.Create(CultureInfo.InvariantCulture, $"verify-{DateTime.UtcNow:yyyyMMdd-HHmmss}-{Environment.ProcessId}")));
    }

    /// <summary>Why the directory cannot be used, as the end of a sentence about it; null where it can. Changes nothing.</summary>
    public string? Problem()
    {
        if (Path.Contains(',', StringComparison.Ordinal) || Path.Contains("/~", StringComparison.Ordinal))
            return "has a comma or a name that begins with ~, which Kafka and MySQL read in their own way; use another path";
        if (Missing().FirstOrDefault(System.IO.File.Exists) is { } file)
            return file == Path ? "is not a folder; use the path of a folder" : $"cannot be made: {file} is not a folder; use another path";
        return ProblemOfFolder();
    }

    /// <summary>Takes the directory for a run: makes it, locks it, stamps it, and generates the secrets that it lacks. A refusal leaves nothing behind.</summary>
    public bool TryHold(LabRuntime runtime, [NotNullWhen(true)] out HeldDataDirectory? held, [NotNullWhen(false)] out string? fault)
    {
        held = null;
        fault = Problem() is { } problem ? $"Lab:DataDirectory = {Path}: {problem}" : null;
        if (fault is not null)
            return false;
        string? made = Missing().LastOrDefault();
        FileStream? hold = null;
        try
        {
            Directory.CreateDirectory(Path, Private);
            hold = Lock();
            LabStamp stamp = Stamp ?? new(LabStamp.ThisFormat, runtime, Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4)), null, null);
            WriteJson(StampFile, stamp);
            LabSecrets? secrets = Secrets;
            if (secrets is null)
                WriteJson(LabSecrets.FileName, secrets = LabSecrets.Generate());
            held = new(this, hold, stamp, secrets);
            return true;
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            hold?.Dispose();
            if (made is not null && Directory.Exists(made))
                Directory.Delete(made, recursive: true);
            fault = $"Lab:DataDirectory = {Path}: cannot be taken ({refused.Message.TrimEnd('.')}); make room, allow writing, or use another folder";
            return false;
        }
    }

    public void Delete()
    {
        // A link to the folder stays: what is deleted is the lab's data.
        string folder = Directory.ResolveLinkTarget(Path, returnFinalTarget: true)?.FullName ?? Path;
        using FileStream hold = Lock();
        // The stamp goes last: where this is interrupted, the rest is still known as a lab's.
        foreach (string entry in Directory.GetFileSystemEntries(folder).Where(e => System.IO.Path.GetFileName(e) is not (StampFile or LockFile)))
        {
            if (Directory.Exists(entry) && new DirectoryInfo(entry).LinkTarget is null)
                Directory.Delete(entry, recursive: true);
            else
                System.IO.File.Delete(entry);
        }

        Directory.Delete(folder, recursive: true);
    }

    internal T? ReadJson<T>(string file)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize<T>(System.IO.File.ReadAllText(File(file)), LabJson.Options);
        }
        catch (Exception unreadable) when (unreadable is IOException or JsonException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Writes a file that only its user can read, at once or not at all.</summary>
    internal void WriteJson<T>(string file, T value)
    {
        string temporary = File(file) + ".new";
        System.IO.File.Delete(temporary);
        using (FileStream stream = new(temporary, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite }))
            stream.Write(Encoding.UTF8.GetBytes(JsonSerializer.Serialize(value, LabJson.Indented)));
        System.IO.File.Move(temporary, File(file), overwrite: true);
    }

    internal string File(string name) => System.IO.Path.Combine(Path, name);

    private string? ProblemInside()
    {
        if (!System.IO.File.Exists(File(StampFile)))
            return Directory.EnumerateFileSystemEntries(Path).FirstOrDefault(e => System.IO.Path.GetFileName(e) != LockFile) is { } foreign
                ? $"is not empty and is not a lab's folder (it has {System.IO.Path.GetFileName(foreign)}); use a new or empty folder"
                : null;
        if (IsHeld)
            return $"is in use: a lab runs in it{(Running is { } run ? $" (process {run.Pid})" : "")}; stop it, or use another folder and another Lab:PortBase";
        if (Stamp is null)
            return $"has a {StampFile} that is damaged or of another version of this program; use that version or another folder";
        if (Secrets is null && System.IO.File.Exists(File(LabSecrets.FileName)))
            return $"has a {LabSecrets.FileName} that is damaged; put it back as it was, use another folder, or delete the data with `reset`";
        return Secrets is null && Directory.Exists(File("data"))
            ? $"lacks its {LabSecrets.FileName}, without which nobody can log in to the data in it; put it back, use another folder, or delete the data with `reset`"
            : null;
    }

    private string? ProblemOfFolder()
    {
        string there = Missing().LastOrDefault() is { } outermost ? System.IO.Path.GetDirectoryName(outermost)! : Path;
        string probe = System.IO.Path.Combine(there, ".cdclab-" + Guid.NewGuid().ToString("N"));
        try
        {
            if (Directory.Exists(Path) && ProblemInside() is { } inside)
                return inside;
            // By trying: permissions, read-only file systems and special ones such as /proc have no other common answer.
            Directory.CreateDirectory(probe);
            Directory.Delete(probe);
            long free = new DriveInfo(there).AvailableFreeSpace;
            long least = Runtime is null ? LeastForNewData : LeastForKeptData;
            return free >= least ? null : $"lies on a disk with {ByteSize.ToMiB(free)} free, and the lab needs {ByteSize.ToMiB(least)}; make room, or use a folder on another disk";
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            return $"cannot be written to ({refused.Message.TrimEnd('.').Replace(probe, there, StringComparison.Ordinal)}); use a folder of your own";
        }
    }

    private FileStream Lock()
    {
        // Somebody who asks whether it is held has it for a moment.
        for (int tries = 5; tries > 0; tries--)
        {
            if (TryLock(FileMode.OpenOrCreate) is { } hold)
                return hold;
            Thread.Sleep(20);
        }

        throw new IOException($"A lab runs in {Path}.");
    }

    // FileShare.None is flock(2) on Linux, and the file is not handed to child processes. Null where somebody else holds it.
    private FileStream? TryLock(FileMode mode)
    {
        try
        {
            return new(File(LockFile), new FileStreamOptions { Mode = mode, Access = FileAccess.ReadWrite, Share = FileShare.None, UnixCreateMode = mode == FileMode.Open ? null : UnixFileMode.UserRead | UnixFileMode.UserWrite });
        }
        catch (IOException held) when (held.HResult == WouldBlock)
        {
            return null;
        }
    }

    // The folders that are to be made, from the innermost outwards.
    private IEnumerable<string> Missing()
    {
        for (string? at = Path; at is not null && !Directory.Exists(at); at = System.IO.Path.GetDirectoryName(at))
            yield return at;
    }

    internal sealed record RunRecord(int Pid, Uri Verifier);
}

internal sealed class HeldDataDirectory(LabDataDirectory directory, FileStream hold, LabStamp stamp, LabSecrets secrets) : IDisposable
{
    private readonly Lock _gate = new();
    private LabStamp _stamp = stamp;

    public string Path => directory.Path;
    public string Id => _stamp.Id;
    public string? KafkaSeries => _stamp.KafkaSeries;
    public LabSecrets Secrets => secrets;
    public string SecretsFile => directory.File(LabSecrets.FileName);

    public void AdmitMySql(Version version) => Admit("MySQL", s => s.MySqlSeries, version, (s, series) => s with { MySqlSeries = series });

    public void AdmitKafka(Version version) => Admit("Kafka", s => s.KafkaSeries, version, (s, series) => s with { KafkaSeries = series });

    public void Announce(Uri verifier) => directory.WriteJson(LabDataDirectory.RunFile, new LabDataDirectory.RunRecord(Environment.ProcessId, verifier));

    public void Dispose()
    {
        // A temporary directory may be gone already.
        if (Directory.Exists(Path))
            File.Delete(directory.File(LabDataDirectory.RunFile));
        hold.Dispose();
    }

    // Newer servers open older data, never the reverse; nothing crosses Kafka's 1.0.
    private void Admit(string server, Func<LabStamp, string?> series, Version version, Func<LabStamp, string, LabStamp> change)
    {
        lock (_gate)
        {
            Version now = new(version.Major, version.Minor);
            if (series(_stamp) is { } written && (Version.Parse(written) > now || (server == "Kafka" && written.StartsWith("0.", StringComparison.Ordinal) != (now.Major == 0))))
                throw new InvalidOperationException($"The data in {Path} was written by {server} {written}, which {server} {version} cannot open; use {server} {written}, another Lab:DataDirectory, or delete the data with `reset`.");
            if (series(_stamp) == now.ToString())
                return;
            _stamp = change(_stamp, now.ToString());
            directory.WriteJson(LabDataDirectory.StampFile, _stamp);
        }
    }
}
