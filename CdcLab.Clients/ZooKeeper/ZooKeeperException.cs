namespace CdcLab.Clients.ZooKeeper;

/// <summary>ZooKeeper answered, and said no.</summary>
public sealed class ZooKeeperException : Exception
{
    /// <summary>Makes one.</summary>
    /// <param name="message">What it refused.</param>
    /// <param name="code">ZooKeeper's own error code, negative.</param>
    public ZooKeeperException(string message, int code)
        : base(message) => Code = code;

    /// <summary>ZooKeeper's own error code, negative (<c>KeeperException.Code</c>).</summary>
    public int Code { get; }
}
