namespace CdcLab.Model.Live;

/// <summary>What can be done to a server or service while the lab runs.</summary>
public enum ServerCommand
{
    /// <summary>Start what is stopped or has ended.</summary>
    Start,

    /// <summary>SIGTERM, and SIGKILL after its grace.</summary>
    Stop,

    /// <summary>Stop, where it runs, and start.</summary>
    Restart,

    /// <summary>SIGKILL.</summary>
    Kill,

    /// <summary>SIGSTOP.</summary>
    Pause,

    /// <summary>SIGCONT.</summary>
    Resume,
}
