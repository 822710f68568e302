using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using CdcLab.Clients.MySql;
using CdcLab.Model;
using CdcLab.Model.Options;
using CdcLab.Model.Schema;
using CdcLab.Runtime.Convergence;
using CdcLab.Runtime.Standalone.Fetching;
using MySqlConnector;
using Xunit;

namespace CdcLab.Tests.Lab;

/// <summary>A real mysqld with the model's arguments, a data directory and a port of its own. It can be killed, stopped and started again on the same data and port.</summary>
public sealed class MySqlServerUnderTest : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);

    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"cdclab-tests-{Guid.NewGuid():N}");
    private Process? _process;

    private MySqlServerUnderTest(int port) => Port = port;

    /// <summary>Its port on 127.0.0.1; the same after a restart.</summary>
    public int Port { get; }

    /// <summary>Its settings and arguments, as the lab would start it.</summary>
    public MySqlResource Model => LabModel.From(new LabOptions(), LabPorts.From(0) with { MySql = Port }, LabRuntimeKind.Embedded).MySql;

    /// <summary>The passwords of the lab's users, after <see cref="ConvergeAsync"/>. With characters that careless quoting would trip over.</summary>
    public IReadOnlyDictionary<string, string> Passwords { get; } =
        DatabaseUser.All.ToDictionary(u => u.Name, u => $"{u.Name}'s \\ \"test\" `password` €");

    /// <summary>How root logs in.</summary>
    public string RootConnectionString => MySqlConnectionStrings.Dedicated(Port, "root", MySqlDataTemplate.RootPassword);

    /// <summary>Starts a server on a fresh data directory.</summary>
    /// <param name="overrides">Arguments that come after the model's, and win.</param>
    /// <returns>The server, which answers.</returns>
    public static async Task<MySqlServerUnderTest> StartNewAsync(params string[] overrides)
    {
        using TcpListener free = new(IPAddress.Loopback, 0);
        free.Start();
        MySqlServerUnderTest server = new(((IPEndPoint)free.LocalEndpoint).Port);
        free.Stop();
        await MySqlDataTemplate.CopyToAsync(server._folder);
        await server.StartAsync(overrides);
        return server;
    }

    /// <summary>Starts it, again or for the first time, and waits until it answers.</summary>
    /// <param name="overrides">Arguments that come after the model's, and win.</param>
    public async Task StartAsync(params string[] overrides)
    {
        Assert.True(_process is null or { HasExited: true }, "The server runs already.");
        MySqlInstallation mysql = await MySqlDataTemplate.InstallationAsync();
        _process = Process.Start(mysql.Command[0],
        [
            .. mysql.Command.Skip(1), .. mysql.LocationOptions, .. Model.Arguments(), .. MySqlDataTemplate.AsRoot(),
            $"--datadir={_folder}", $"--port={Port}", "--bind-address=127.0.0.1", "--socket=mysql.sock", "--mysqlx=OFF", "--secure-file-priv=NULL",
            $"--log-error={Path.Combine(_folder, "mysqld.log")}", .. overrides,
        ]);
        await AnswersAsync(_process);
    }

    /// <summary>kill -9.</summary>
    public async Task KillAsync()
    {
        _process!.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>SIGTERM, and waits for the end.</summary>
    public async Task StopAsync()
    {
        await SignalAsync("TERM");
        await _process!.WaitForExitAsync();
    }

    /// <summary>SIGSTOP.</summary>
    public Task PauseAsync() => SignalAsync("STOP");

    /// <summary>SIGCONT.</summary>
    public Task ResumeAsync() => SignalAsync("CONT");

    /// <summary>Brings about the lab's schema and users, as each start of the lab does.</summary>
    /// <returns>What was changed.</returns>
    public Task<IReadOnlyList<string>> ConvergeAsync() => MySqlConvergence.RunAsync(RootConnectionString, Passwords, CancellationToken.None);

    /// <summary>How a user of the lab logs in.</summary>
    /// <param name="user">The user.</param>
    /// <param name="database">The database to use.</param>
    /// <returns>The connection string.</returns>
    public string ConnectionString(DatabaseUser user, string? database = null) => MySqlConnectionStrings.Dedicated(Port, user.Name, Passwords[user.Name], database);

    /// <summary>An open connection of root.</summary>
    /// <returns>The connection.</returns>
    public async Task<MySqlConnection> RootAsync()
    {
        MySqlConnection connection = new(RootConnectionString);
        await connection.OpenAsync();
        return connection;
    }

    /// <summary>Runs statements as root.</summary>
    /// <param name="statements">The statements, each on its own.</param>
    public async Task ExecuteAsync(params string[] statements)
    {
        await using MySqlConnection root = await RootAsync();
        foreach (string statement in statements)
        {
            await using MySqlCommand command = new(statement, root);
            await command.ExecuteNonQueryAsync();
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_process is { HasExited: false })
            await KillAsync();
        _process?.Dispose();
        if (Directory.Exists(_folder))
            Directory.Delete(_folder, recursive: true);
    }

    private async Task AnswersAsync(Process process)
    {
        Stopwatch waited = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                await using MySqlConnection root = await RootAsync();
                return;
            }
            catch (MySqlException e) when (!process.HasExited && waited.Elapsed < StartLimit)
            {
                // Not yet; what it said last is told when the limit has passed.
                _ = e;
            }
            catch (MySqlException e)
            {
                string log = Path.Combine(_folder, "mysqld.log");
                string tail = File.Exists(log) ? string.Join('\n', File.ReadLines(log).TakeLast(15)) : "no log";
                Assert.Fail($"mysqld does not answer after {waited.Elapsed.TotalSeconds:0.0} s ({e.Message}){(process.HasExited ? $"; it ended with {process.ExitCode}" : "")}:\n{tail}");
            }

            await Task.Delay(50);
        }
    }

    private async Task SignalAsync(string signal)
    {
        using Process kill = Process.Start("kill", [$"-{signal}", _process!.Id.ToString()]);
        await kill.WaitForExitAsync();
    }
}
