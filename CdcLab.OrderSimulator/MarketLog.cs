namespace CdcLab.OrderSimulator;

/// <summary>Everything that the simulator logs.</summary>
internal static partial class MarketLog
{
    [LoggerMessage(100, LogLevel.Information, "The market opens: {Rate} orders per second, {Workers} workers, seed {Seed}.")]
    public static partial void Opens(this ILogger log, string rate, int workers, int seed);

    [LoggerMessage(101, LogLevel.Information, "MySQL answers.")]
    public static partial void Connected(this ILogger log);

    [LoggerMessage(102, LogLevel.Warning, "MySQL does not answer ({Reason}). Trying again until it does.")]
    public static partial void Gone(this ILogger log, string reason);

    [LoggerMessage(103, LogLevel.Information, "MySQL answers again, after {Gap}.")]
    public static partial void Back(this ILogger log, TimeSpan gap);

    [LoggerMessage(104, LogLevel.Warning, "Order {OrderId} is not as this simulator left it; somebody else works on it. Letting it go.")]
    public static partial void LetGo(this ILogger log, long orderId);

    [LoggerMessage(105, LogLevel.Information, "Took up {Count} orders that an earlier run left open.")]
    public static partial void TookUp(this ILogger log, long count);

    [LoggerMessage(106, LogLevel.Information, "The rate is {Rate} orders per second, {State}.")]
    public static partial void RateIs(this ILogger log, string rate, string state);

    [LoggerMessage(107, LogLevel.Information, "The market is closed: {Orders} orders, {Executions} executions in this run.")]
    public static partial void Closed(this ILogger log, long orders, long executions);

    [LoggerMessage(108, LogLevel.Critical, "The market cannot go on.")]
    public static partial void Failed(this ILogger log, Exception error);

    [LoggerMessage(109, LogLevel.Warning, "The market was stopped while MySQL did not answer; what its last commits came to is left to the next start.")]
    public static partial void StoppedInDoubt(this ILogger log);
}
