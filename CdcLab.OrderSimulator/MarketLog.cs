namespace CdcLab.OrderSimulator;

internal static partial class MarketLog
{
    [LoggerMessage(100, LogLevel.Information, "The market opens: {Rate} orders per second, {Workers} workers, seed {Seed}.")]
    public static partial void MarketOpened(this ILogger log, string rate, int workers, int seed);
    [LoggerMessage(101, LogLevel.Information, "MySQL answers.")]
    public static partial void MySqlAnswers(this ILogger log);
    [LoggerMessage(102, LogLevel.Warning, "MySQL does not answer ({Reason}). Retrying until it does.")]
    public static partial void MySqlLost(this ILogger log, string reason);
    [LoggerMessage(103, LogLevel.Information, "MySQL answers again, after {Gap}.")]
    public static partial void MySqlBack(this ILogger log, TimeSpan gap);
    [LoggerMessage(104, LogLevel.Warning, "Order {OrderId} was changed by another client. This simulator drops it.")]
    public static partial void OrderDropped(this ILogger log, long orderId);
    [LoggerMessage(105, LogLevel.Information, "Resumed {Count} open orders of an earlier run.")]
    public static partial void OrdersResumed(this ILogger log, long count);
    [LoggerMessage(106, LogLevel.Information, "The rate is {Rate} orders per second, {State}.")]
    public static partial void RateChanged(this ILogger log, string rate, string state);
    [LoggerMessage(107, LogLevel.Information, "The market is closed: {Orders} orders, {Executions} executions in this run.")]
    public static partial void MarketClosed(this ILogger log, long orders, long executions);
    [LoggerMessage(108, LogLevel.Critical, "The market cannot continue.")]
    public static partial void MarketFailed(this ILogger log, Exception error);
    [LoggerMessage(110, LogLevel.Warning, "MySQL refuses: {Reason}. Retrying until it does not.")]
    public static partial void MySqlRefuses(this ILogger log, string reason);
    [LoggerMessage(111, LogLevel.Information, "MySQL refuses nothing any more.")]
    public static partial void MySqlAccepts(this ILogger log);
    [LoggerMessage(109, LogLevel.Warning, "The market was stopped while MySQL did not answer. The outcome of its last commits is not known; the next start finds it out.")]
    public static partial void StoppedWithUnknownOutcome(this ILogger log);
}
