namespace CdcLab.Runtime.View;

/// <summary>Whether a command makes sense now.</summary>
public enum CommandAvailability
{
    /// <summary>It does.</summary>
    Enabled,

    /// <summary>Not now; it is shown, and cannot be chosen.</summary>
    Disabled,

    /// <summary>Not now, and its opposite stands in its place.</summary>
    Hidden,
}
