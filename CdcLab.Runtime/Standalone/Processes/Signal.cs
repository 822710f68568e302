namespace CdcLab.Runtime.Standalone.Processes;

/// <summary>The signals that the lab sends, by their numbers on Linux x86-64.</summary>
public enum Signal
{
    /// <summary>SIGKILL: it ends at once.</summary>
    Kill = 9,

    /// <summary>SIGTERM: it is asked to end.</summary>
    Terminate = 15,

    /// <summary>SIGCONT: it goes on.</summary>
    Continue = 18,

    /// <summary>SIGSTOP: it stands still.</summary>
    Stop = 19,
}
