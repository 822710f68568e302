namespace CdcLab.Model.Live;

/// <summary>What a server or service does right now.</summary>
public enum RunState
{
    /// <summary>It waits for what it needs.</summary>
    Waiting,

    /// <summary>It was started and does not answer yet.</summary>
    Starting,

    /// <summary>It runs and has answered.</summary>
    Running,

    /// <summary>It was paused (SIGSTOP).</summary>
    Paused,

    /// <summary>It was asked to stop and has not yet ended.</summary>
    Stopping,

    /// <summary>It was stopped or killed because somebody asked for it.</summary>
    Stopped,

    /// <summary>It ended by itself.</summary>
    Exited,

    /// <summary>It could not be started.</summary>
    Failed,
}
