using CdcLab.Runtime.Convergence;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace CdcLab.AppHost.Aspire;

/// <summary>Brings MySQL's users, grants and tables about whenever the server has become healthy: at its first start, and again after each exit. What waits for the database waits for this.</summary>
internal static partial class MySqlReady
{
    public static async Task ConvergeAsync(MySqlServerResource server, ResourceReadyEvent ready, LabPasswords secrets, CancellationToken cancellationToken)
    {
        ILogger log = ready.Services.GetRequiredService<ResourceLoggerService>().GetLogger(server);
        MySqlRoot root = new(server.PrimaryEndpoint.Port, secrets.Root, secrets.Debezium, secrets.Simulator);
        foreach (string line in await root.ConvergeAsync(cancellationToken))
            Changed(log, line);
    }

    [LoggerMessage(10, LogLevel.Information, "{Line}")]
    private static partial void Changed(ILogger log, string line);
}
