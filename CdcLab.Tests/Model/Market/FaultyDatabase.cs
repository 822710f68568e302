using CdcLab.OrderSimulator.Trading;

namespace CdcLab.Tests.Model.Market;

/// <summary>A stand-in for MySQL that fails where it is told to: refused connections, failing statements, commits whose answer is lost, done or not, and ids of
/// uncommitted rows that are used again.</summary>
internal sealed class FaultyDatabase(IEnumerator<Fault> faults)
{
    private long _nextOrder = 1;
    private long _nextExecution = 1;

    public Dictionary<long, Row> Orders { get; } = [];

    public Dictionary<long, (long OrderId, int Quantity, int Price, DateTime At)> Executions { get; } = [];

    public int Faults { get; private set; }

    public Task<IMarketSession> OpenAsync(CancellationToken cancellationToken)
    {
        FailIf(Fault.Refused);
        return Task.FromResult<IMarketSession>(new Session(this));
    }

    private void FailIf(params Fault[] kinds)
    {
        if (!faults.MoveNext() || !kinds.Contains(faults.Current))
            return;
        Faults++;
        throw new IOException($"The fault {faults.Current} was asked for.");
    }

    internal sealed record Row(InsertStep Insert, DateTime At, string Status, DateTime UpdatedAt);

    private sealed class Session(FaultyDatabase database) : IMarketSession
    {
        private Action? _staged;

        public Task<bool> StageAsync(MarketStep step, CancellationToken cancellationToken)
        {
            database.FailIf(Fault.StatementFails);
            switch (step)
            {
                case InsertStep insert:
                    long id = database._nextOrder;
                    insert.OrderId = id;
                    DateTime at = step.At;
                    _staged = () =>
                    {
                        database.Orders.Add(id, new(insert, at, OrderStatus.Pending, at));
                        database._nextOrder = id + 1;
                    };
                    return Task.FromResult(true);
                case ChangeStep change:
                    Row row = database.Orders[change.OrderId];
                    if (row.Status != change.From || database.Executed(change.OrderId) != change.ExecutedBefore)
                        return Task.FromResult(false);
                    long execution = database._nextExecution;
                    if (change is ExecuteStep e)
                        e.ExecutionId = execution;
                    DateTime changedAt = step.At;
                    _staged = () =>
                    {
                        database.Orders[change.OrderId] = row with { Status = change.To, UpdatedAt = changedAt };
                        if (change is not ExecuteStep done)
                            return;
                        database.Executions.Add(execution, (done.OrderId, done.Quantity, done.Price, changedAt));
                        database._nextExecution = execution + 1;
                    };
                    return Task.FromResult(true);
                default:
                    throw new NotSupportedException(step.Name);
            }
        }

        public Task CommitAsync(CancellationToken cancellationToken)
        {
            Action commit = _staged ?? throw new InvalidOperationException("Nothing was staged.");
            _staged = null;
            database.FailIf(Fault.CommitLost);
            commit();
            database.FailIf(Fault.AnswerLost);
            return Task.CompletedTask;
        }

        public Task<bool> WasCommittedAsync(MarketStep step, CancellationToken cancellationToken)
        {
            database.FailIf(Fault.StatementFails);
            return Task.FromResult(step switch
            {
                InsertStep insert => database.Orders.TryGetValue(insert.OrderId, out Row? row) && ReferenceEquals(row.Insert, insert) && row.At == step.At,
                ExecuteStep execute => database.Executions.TryGetValue(execute.ExecutionId, out var found)
                    && found == (execute.OrderId, execute.Quantity, execute.Price, step.At),
                CancelStep cancel => database.Orders[cancel.OrderId] is { Status: OrderStatus.Cancelled } row && row.UpdatedAt == step.At,
                _ => throw new NotSupportedException(step.Name),
            });
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }

    public int Executed(long orderId) => Executions.Values.Where(e => e.OrderId == orderId).Sum(e => e.Quantity);
}

internal enum Fault
{
    None,
    Refused,
    StatementFails,
    CommitLost,
    AnswerLost,
}
