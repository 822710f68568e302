namespace CdcLab.OrderSimulator.Trading;

/// <summary>An order that is in the database and not finished. One worker at a time has it.</summary>
/// <param name="id">Its id.</param>
/// <param name="quantity">Its quantity.</param>
/// <param name="executed">Its executed quantity so far.</param>
/// <param name="fills">The executions to come.</param>
/// <param name="cancelAfter">The time from the last execution to the cancellation; null if the last execution fills the order.</param>
internal sealed class OpenOrder(long id, int quantity, int executed, IReadOnlyList<Fill> fills, TimeSpan? cancelAfter)
{
    private int _executed = executed;
    private int _done;
    private bool _cancelled;

    public long Id => id;

    /// <summary>Whether it is of an earlier run.</summary>
    public bool Resumed { get; init; }

    /// <summary>The span of the order; null without a listener.</summary>
    public Activity? Trace { get; init; }

    /// <summary>The time from its last step to the next one; null if it is finished.</summary>
    public TimeSpan? NextAfter => _done < fills.Count ? fills[_done].After : _cancelled ? null : cancelAfter;

    public MarketStep NextStep() => _done < fills.Count
        ? new ExecuteStep(id, quantity, _executed, fills[_done].Quantity, fills[_done].Price)
        : new CancelStep(id, quantity, _executed);

    /// <summary>Goes to the step after the one that was committed.</summary>
    public void Advance()
    {
        if (_done < fills.Count)
            _executed += fills[_done++].Quantity;
        else
            _cancelled = true;
    }
}
