namespace CdcLab.Runtime.View;

/// <summary>The names of states that dashboards know.</summary>
public static class ViewStates
{
    /// <summary>Not asked for yet.</summary>
    public const string NotStarted = "NotStarted";

    /// <summary>It waits for others.</summary>
    public const string Waiting = "Waiting";

    /// <summary>Started, not answering yet.</summary>
    public const string Starting = "Starting";

    /// <summary>It runs.</summary>
    public const string Running = "Running";

    /// <summary>Paused; the only one without a look of its own.</summary>
    public const string Paused = "Paused";

    /// <summary>It is being stopped.</summary>
    public const string Stopping = "Stopping";

    /// <summary>It was stopped, and went as it should.</summary>
    public const string Finished = "Finished";

    /// <summary>It has ended.</summary>
    public const string Exited = "Exited";

    /// <summary>It could not be started.</summary>
    public const string FailedToStart = "FailedToStart";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> All { get; } = [NotStarted, Waiting, Starting, Running, Paused, Stopping, Finished, Exited, FailedToStart];
}
