namespace CdcLab.AppHost.Aspire.Control;

/// <summary>How the end of a server or service was asked for.</summary>
internal enum AskedEnd
{
    /// <summary>Nobody asked for it: it ended by itself, or somebody ended it behind the lab's back.</summary>
    No,

    /// <summary>It was told to stop.</summary>
    Stop,

    /// <summary>It was killed by command.</summary>
    Kill,
}
