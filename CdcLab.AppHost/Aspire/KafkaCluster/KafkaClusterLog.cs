using Microsoft.Extensions.Logging;

namespace Aspire.Hosting;

/// <summary>What the integration logs.</summary>
internal static partial class KafkaClusterLog
{
    [LoggerMessage(1, LogLevel.Error, "The Kafka cluster '{Name}' did not start.")]
    public static partial void NotStarted(ILogger log, Exception exception, string name);
}
