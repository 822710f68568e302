namespace CdcLab.Runtime.View;

/// <summary>What a health report says.</summary>
public enum HealthView
{
    /// <summary>As promised.</summary>
    Healthy,

    /// <summary>Not as promised.</summary>
    Unhealthy,

    /// <summary>Nobody could look.</summary>
    Degraded,
}
