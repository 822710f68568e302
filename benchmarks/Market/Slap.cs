using System.Diagnostics;
using CdcLab.Benchmarks.Labs;
using CdcLab.Model.Schema;

namespace CdcLab.Benchmarks.Market;

/// <summary>mysqlslap: the one that came with the server, else the machine's (MariaDB's has another name).</summary>
/// <param name="command">What starts it.</param>
internal sealed class Slap(IReadOnlyList<string> command)
{
    // It ends when it is told to: so many are never reached.
    private const int Queries = 2_000_000_000;

    public string Name { get; } = Path.GetFileName(command[^1]);

    /// <summary>Finds it beside a server that runs.</summary>
    /// <returns>Null where there is none.</returns>
    public static Slap? Beside(int mysqldPid)
    {
        string[] server = PlainStart.CommandLine(mysqldPid);
        int program = Array.FindLastIndex(server, w => Path.GetFileName(w) == "mysqld");
        if (program >= 0)
        {
            foreach (string folder in (string[])[Path.GetDirectoryName(server[program])!, Path.Combine(Path.GetDirectoryName(server[program])!, "..", "bin")])
            {
                string beside = Path.GetFullPath(Path.Combine(folder, "mysqlslap"));
                // Where the server is started by a loader of its own, so is its client.
                if (File.Exists(beside))
                    return new([.. server[..program].Select(w => Path.GetFileName(w) == "mysqld" ? beside : w), beside]);
            }
        }

        return (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':')
            .SelectMany(folder => new[] { Path.Combine(folder, "mysqlslap"), Path.Combine(folder, "mariadb-slap") })
            .FirstOrDefault(File.Exists) is { } found ? new([found]) : null;
    }

    /// <summary>Starts it; it works until it is killed.</summary>
    public Process Start(int port, string password, string script, int connections)
    {
        string[] tls = Name == "mysqlslap" ? ["--ssl-mode=DISABLED", "--get-server-public-key"] : ["--skip-ssl"];
        ProcessStartInfo info = new(command[0])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (string word in (string[])[.. command.Skip(1), "--no-defaults", "--protocol=tcp", "--host=127.0.0.1", $"--port={port}", $"--user={DatabaseUser.Simulator.Name}", .. tls,
            $"--create-schema={OrdersSchema.Database}", "--no-drop", $"--query={script}", $"--delimiter={SlapScript.Delimiter}", $"--concurrency={connections}", $"--number-of-queries={Queries}"])
            info.ArgumentList.Add(word);
        info.Environment["MYSQL_PWD"] = password;
        return Process.Start(info)!;
    }
}
