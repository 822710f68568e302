namespace CdcLab.Model;

/// <summary>How a resource is asked whether it answers. Always from .NET, from outside: a probe that starts a Java process inside a container takes the broker's memory.</summary>
public enum HealthProbe
{
    /// <summary>A login and <c>SELECT 1</c>.</summary>
    MySqlQuery,

    /// <summary>The four-letter word <c>srvr</c>.</summary>
    ZooKeeperSrvr,

    /// <summary>Its registration in ZooKeeper and a metadata answer on its own listener.</summary>
    BrokerMetadata,

    /// <summary>HTTP 200.</summary>
    Http,
}
