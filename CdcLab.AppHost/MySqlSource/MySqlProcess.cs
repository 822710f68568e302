using CdcLab.AppHost.Programs;

namespace Aspire.Hosting;

/// <summary>How MySQL runs as a process: its data folder is initialized once, with root's password set while nothing can connect.</summary>
internal sealed class MySqlProcess(string name, ProcessRuntime runtime, MySqlSourceSettings settings)
{
    private MySqlProgram? _program;

    private string DataFolder => runtime.DataFolder(name);

    // The application itself always logs in on loopback.
    private string BindAddresses => runtime.BindAddress is ServerRuntime.Loopback or "0.0.0.0" ? runtime.BindAddress : $"{ServerRuntime.Loopback},{runtime.BindAddress}";

    public async Task FetchAsync(IProgress<FetchProgress> progress, CancellationToken cancellationToken)
    {
        _program = await runtime.Programs.MySqlAsync(progress, cancellationToken);
        runtime.AdmitMySql(_program.Version);
    }

    public async Task<LaunchCommand> PrepareAsync(ILogger log, CancellationToken cancellationToken)
    {
        if (!Directory.Exists(DataFolder))
            await InitializeAsync(log, cancellationToken);
        // Left by a mysqld that was killed. mysqld would believe the process ids in them, which by now may be another process's.
        foreach (string stale in (string[])["mysqld.pid", "mysql.sock", "mysql.sock.lock"])
            File.Delete(Path.Combine(DataFolder, stale));
        return Command(DataFolder, [$"--port={settings.Port}", $"--bind-address={BindAddresses}", .. settings.Arguments(_program!.Version)]);
    }

    // Into a folder of another name, renamed at the end: what a kill leaves half-made is never taken for data.
    private async Task InitializeAsync(ILogger log, CancellationToken cancellationToken)
    {
        string half = DataFolder + ".initializing";
        if (Directory.Exists(half))
            Directory.Delete(half, recursive: true);
        Directory.CreateDirectory(Path.GetDirectoryName(half)!);
        await Launch.RunAsync("The initialization of MySQL's data folder", Command(half, ["--initialize-insecure", "--skip-log-bin"]), log, cancellationToken);
        string statements = Path.Combine(runtime.ConfigFolder, $"{name}-root.sql");
        try
        {
            await using (StreamWriter file = new(statements, new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite }))
                await file.WriteAsync($"ALTER USER 'root'@'localhost' IDENTIFIED BY '{settings.RootPassword}';\nSHUTDOWN;\n");
            await Launch.RunAsync("Setting root's password in MySQL", Command(half, ["--skip-networking", "--skip-log-bin", $"--init-file={statements}"]), log, cancellationToken);
        }
        finally
        {
            File.Delete(statements);
        }

        Directory.Move(half, DataFolder);
    }

    private LaunchCommand Command(string data, IReadOnlyList<string> options) => new(
        _program!.Program,
        [
            .. _program.LeadingArguments,
            .. _program.LocationOptions,
            // mysqld refuses to run as root unless it is told to.
            .. Environment.IsPrivilegedProcess ? ["--user=root"] : Array.Empty<string>(),
            $"--datadir={data}",
            // Relative to the data folder: an absolute path of a socket may not be longer than 107 bytes.
            "--socket=mysql.sock",
            $"--pid-file={Path.Combine(data, "mysqld.pid")}",
            $"--tmpdir={runtime.EmptyTemporaryFolder(name)}",
            "--mysqlx=OFF",
            "--secure-file-priv=NULL",
            .. options,
        ],
        runtime.Folder);
}
