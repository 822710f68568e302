using CdcLab.Model;
using CdcLab.Runtime.Convergence;
using CdcLab.Runtime.Standalone.Data;
using CdcLab.Runtime.Standalone.Fetching;
using CdcLab.Runtime.Standalone.Processes;

namespace CdcLab.Runtime.Standalone.Servers;

/// <summary>MySQL as a plain process.</summary>
/// <param name="resource">What it is.</param>
/// <param name="installation">The server's files.</param>
/// <param name="directory">The lab's data directory.</param>
/// <param name="secrets">The passwords.</param>
/// <param name="runOnce">Runs a process of the lab to its end: an exit code other than 0 is an exception with its last lines.</param>
internal sealed class EmbeddedMySql(
    MySqlResource resource,
    MySqlInstallation installation,
    DataDirectory directory,
    LabSecrets secrets,
    Func<LaunchSpec, CancellationToken, Task> runOnce) : EmbeddedServer(resource)
{
    private readonly string _data = Path.Combine(directory.Path, resource.DataFolder!);
    private readonly MySqlRoot _root = new(resource.Port, secrets.Root, secrets.Debezium, secrets.Simulator);

    // The lab itself and its services always log in on loopback.
    private string BindAddresses => resource.Ports[0].BindAddress is "127.0.0.1" or "0.0.0.0" ? resource.Ports[0].BindAddress : "127.0.0.1," + resource.Ports[0].BindAddress;

    public override async Task<LaunchSpec> PrepareAsync(CancellationToken cancellationToken)
    {
        if (!Directory.Exists(_data))
            await InitializeAsync(cancellationToken);

        // Left by a mysqld that was killed. Nobody else runs on this folder (the lab's lock is held), but mysqld would believe the process ids in
        // them, which by now may be another process's, or those of remains that nobody has reaped yet.
        foreach (string stale in (string[])["mysqld.pid", "mysql.sock", "mysql.sock.lock"])
            File.Delete(Path.Combine(_data, stale));
        return Launch(
            _data,
            [
                $"--port={resource.Port}",
                $"--bind-address={BindAddresses}",
                .. resource.Arguments(installation.Version),
            ]);
    }

    public override Task<string?> AskAsync(CancellationToken cancellationToken) => _root.AskAsync(cancellationToken);

    public override Task<IReadOnlyList<string>> ConvergeAsync(CancellationToken cancellationToken) => _root.ConvergeAsync(cancellationToken);

    // Into a folder of another name, renamed at the end: what a kill leaves half-made is never taken for data.
    private async Task InitializeAsync(CancellationToken cancellationToken)
    {
        string half = _data + ".initializing";
        if (Directory.Exists(half))
            Directory.Delete(half, recursive: true);
        await runOnce(Launch(half, ["--initialize-insecure", "--skip-log-bin"]), cancellationToken);

        // Root gets its password while nothing can connect, and the server ends itself.
        string statements = Path.Combine(directory.Folder("config"), "mysql-root.sql");
        DataDirectory.WritePrivate(statements, $"ALTER USER 'root'@'localhost' IDENTIFIED BY '{secrets.Root}';\nSHUTDOWN;\n");
        await runOnce(Launch(half, ["--skip-networking", "--skip-log-bin", $"--init-file={statements}"]), cancellationToken);
        File.Delete(statements);
        Directory.Move(half, _data);
    }

    private LaunchSpec Launch(string data, IReadOnlyList<string> options) => new()
    {
        WorkingDirectory = directory.Path,
        Command =
        [
            .. installation.Command,
            .. installation.LocationOptions,
            // mysqld refuses to run as root unless it is told to.
            .. Environment.IsPrivilegedProcess ? ["--user=root"] : Array.Empty<string>(),
            $"--datadir={data}",
            // Relative to the data folder: an absolute path of a socket may not be longer than 107 bytes.
            "--socket=mysql.sock",
            $"--pid-file={Path.Combine(data, "mysqld.pid")}",
            $"--tmpdir={directory.Folder(Path.Combine("tmp", resource.Name))}",
            "--mysqlx=OFF",
            "--secure-file-priv=NULL",
            .. options,
        ],
    };
}
