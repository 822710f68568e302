using System.Diagnostics;
using CdcLab.Model;
using CdcLab.Model.Options;
using CdcLab.Runtime.Standalone.Fetching;
using CdcLab.Tests.Lab;
using Xunit;

[assembly: AssemblyFixture(typeof(MySqlDataTemplate))]

namespace CdcLab.Tests.Lab;

/// <summary>An initialized MySQL data directory, made once for the whole run (4 s) and copied for each server under test.</summary>
public sealed class MySqlDataTemplate : IDisposable
{
    /// <summary>Root's password in every copy. Not a secret: the servers are gone with the test run.</summary>
    public const string RootPassword = "root's \\ \"test\" password";

    private static readonly Lazy<Task<MySqlInstallation>> FoundInstallation =
        new(() => new MySqlSource(PartsCache.OfUser(Environment.GetEnvironmentVariable)).FindAsync(new Progress<FetchProgress>(), CancellationToken.None));

    private static readonly string Folder = Path.Combine(Path.GetTempPath(), $"cdclab-tests-mysql-{Environment.ProcessId}");
    private static readonly Lazy<Task> Initialized = new(InitializeAsync);

    /// <summary>The MySQL that the product itself would run.</summary>
    public static Task<MySqlInstallation> InstallationAsync() => FoundInstallation.Value;

    /// <summary>Copies the data directory.</summary>
    /// <param name="target">A folder that does not exist.</param>
    public static async Task CopyToAsync(string target)
    {
        await Initialized.Value;
        Copy(new DirectoryInfo(Folder), target);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (Directory.Exists(Folder))
            Directory.Delete(Folder, recursive: true);
    }

    private static async Task InitializeAsync()
    {
        MySqlInstallation mysql = await InstallationAsync();
        string script = Folder + ".sql";
        string password = RootPassword.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "''", StringComparison.Ordinal);
        await File.WriteAllTextAsync(script, $"ALTER USER 'root'@'localhost' IDENTIFIED WITH caching_sha2_password BY '{password}';\n");
        try
        {
            MySqlResource model = LabModel.From(new LabOptions(), LabPorts.From(0), LabRuntimeKind.Embedded).MySql;
            ProcessStartInfo start = new(mysql.Command[0], [.. mysql.Command.Skip(1), .. mysql.LocationOptions, .. model.Arguments(), .. AsRoot(), "--initialize-insecure", $"--datadir={Folder}", $"--init-file={script}", "--secure-file-priv=NULL"])
            {
                UseShellExecute = false,
                RedirectStandardError = true,
            };
            using Process process = Process.Start(start)!;
            string said = await process.StandardError.ReadToEndAsync();
            await process.WaitForExitAsync();
            Assert.True(process.ExitCode == 0, $"mysqld --initialize-insecure ended with {process.ExitCode}: {said}");
            // Each server makes an identity of its own; two with one would be the same GTID source.
            File.Delete(Path.Combine(Folder, "auto.cnf"));
        }
        finally
        {
            File.Delete(script);
        }
    }

    /// <summary>mysqld refuses to run as root unless it is told to.</summary>
    internal static IEnumerable<string> AsRoot() => Environment.IsPrivilegedProcess ? ["--user=root"] : [];

    private static void Copy(DirectoryInfo from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (FileInfo file in from.EnumerateFiles())
            file.CopyTo(Path.Combine(to, file.Name));
        foreach (DirectoryInfo folder in from.EnumerateDirectories())
            Copy(folder, Path.Combine(to, folder.Name));
    }
}
