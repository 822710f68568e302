using CdcLab.Model.Schema;
using CdcLab.Runtime.Convergence;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using MySqlConnector;

namespace CdcLab.AppHost.Aspire;

/// <summary>Brings MySQL's users, grants and tables about whenever the server has become healthy: at its first start, and again after each exit. What waits for the database waits for this.</summary>
internal static partial class MySqlReady
{
    public static async Task ConvergeAsync(MySqlServerResource server, ResourceReadyEvent ready, LabPasswords secrets, CancellationToken cancellationToken)
    {
        ILogger log = ready.Services.GetRequiredService<ResourceLoggerService>().GetLogger(server);
        string root = new MySqlConnectionStringBuilder
        {
            Server = "127.0.0.1",
            Port = (uint)server.PrimaryEndpoint.Port,
            UserID = "root",
            Password = secrets.Root,
            ConnectionTimeout = 3,
            DefaultCommandTimeout = 30,
            Pooling = false,
            SslMode = MySqlSslMode.None,
            AllowPublicKeyRetrieval = true,
        }.ConnectionString;
        Dictionary<string, string> passwords = new(StringComparer.Ordinal) { [DatabaseUser.Debezium.Name] = secrets.Debezium, [DatabaseUser.Simulator.Name] = secrets.Simulator };
        foreach (string line in await MySqlConvergence.RunAsync(root, passwords, cancellationToken))
            Changed(log, line);
    }

    [LoggerMessage(10, LogLevel.Information, "{Line}")]
    private static partial void Changed(ILogger log, string line);
}
