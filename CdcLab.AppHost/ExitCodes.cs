namespace CdcLab.AppHost;

/// <summary>The exit codes of every command.</summary>
internal static class ExitCodes
{
    /// <summary>Done; for <c>verify</c>: all ok.</summary>
    public const int Ok = 0;

    /// <summary>Looked, and something failed or is unknown.</summary>
    public const int NotOk = 1;

    /// <summary>Could not run: a wrong setting, a wrong argument, something missing on this machine.</summary>
    public const int CouldNotRun = 2;
}
