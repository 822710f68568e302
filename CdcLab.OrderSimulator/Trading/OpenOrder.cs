namespace CdcLab.OrderSimulator.Trading;

/// <summary>An order that is not finished: to be placed, or in the database with so much executed. The fills are to come; it is cancelled some time after the last
/// of them, unless that fills it. One worker at a time has it.</summary>
internal sealed class OpenOrder(long id, int quantity, int executed, IReadOnlyList<Fill> fills, TimeSpan? cancelAfter)
{
    private int _executed = executed;
    private int _done;

    public OpenOrder(OrderPlan plan)
        : this(0, plan.Quantity, 0, plan.Fills, plan.CancelAfter) => Plan = plan;

    /// <summary>Its id; 0 until it is placed.</summary>
    public long Id { get; private set; } = id;

    /// <summary>The plan of an order of this run; null for one of an earlier run.</summary>
    public OrderPlan? Plan { get; }

    public Activity? Trace { get; set; }

    /// <summary>The time from its last step to the next one; null if it is finished.</summary>
    public TimeSpan? NextAfter => _done < fills.Count ? fills[_done].After : _done == fills.Count ? cancelAfter : null;

    public MarketStep NextStep() =>
        Plan is not null && Id == 0 ? new InsertStep(Plan)
        : _done < fills.Count ? new ExecuteStep(Id, quantity, _executed, fills[_done].Quantity, fills[_done].Price)
        : new CancelStep(Id, quantity, _executed);

    public void Advance(MarketStep committed)
    {
        if (committed is InsertStep insert)
            Id = insert.OrderId;
        else
            _done++;
        if (committed is ExecuteStep execute)
            _executed += execute.Quantity;
    }
}
