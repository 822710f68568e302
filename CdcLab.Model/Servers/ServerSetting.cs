namespace CdcLab.Model.Servers;

/// <summary>One setting of a server: what starts the server sets it, what checks the server expects it.</summary>
/// <param name="Name">The server's own name for it, e.g. <c>binlog_format</c> or <c>min.insync.replicas</c>.</param>
/// <param name="Value">The value that is set.</param>
/// <param name="Because">Why it must be so.</param>
/// <param name="Shown">The value that the running server shows, where it differs from <paramref name="Value"/>.</param>
/// <param name="ShownAs">The name under which the running server shows it, where it differs from <paramref name="Name"/>.</param>
public sealed record ServerSetting(string Name, string Value, string Because, string? Shown = null, string? ShownAs = null)
{
    /// <summary>The name under which the running server shows it.</summary>
    public string Variable => ShownAs ?? Name;

    /// <summary>What the running server must show.</summary>
    public string Expected => Shown ?? Value;
}
