namespace CdcLab.Tests.Model.Market;

/// <summary>The system's clock, on which every wait is over at once.</summary>
internal sealed class PromptTime : TimeProvider
{
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        base.CreateTimer(callback, state, dueTime == Timeout.InfiniteTimeSpan ? dueTime : TimeSpan.Zero, period);
}
