namespace CdcLab.Runtime.Standalone.Servers;

/// <summary>What a broker's own lines say.</summary>
internal static class BrokerLog
{
    /// <summary>Whether it tells of a ZooKeeper session that expired or was cut off. A broker that meets this while it starts gives up (Kafka's <c>FinalizedFeatureChangeListener.initOrThrow</c>
    /// and its registration do not try again), one that runs makes a new session.</summary>
    /// <param name="lines">Its last lines.</param>
    /// <returns>Whether one of them says so.</returns>
    public static bool TellsOfALostSession(IEnumerable<string> lines) => lines.Any(line =>
        line.Contains("KeeperException$SessionExpiredException", StringComparison.Ordinal)
        || line.Contains("KeeperException$ConnectionLossException", StringComparison.Ordinal)
        || line.Contains("ZooKeeperClientExpiredException", StringComparison.Ordinal));
}
