using System.Diagnostics;
using CdcLab.OrderSimulator.Market;

namespace CdcLab.OrderSimulator.Trading;

/// <summary>An order that is in the database and has not come to its end. One worker at a time holds it.</summary>
/// <param name="id">Its row.</param>
/// <param name="quantity">Its quantity.</param>
/// <param name="executed">What was executed of it before.</param>
/// <param name="fills">The executions to come.</param>
/// <param name="cancelAfter">How long after the last of them it is cancelled; null where the last of them fills it.</param>
internal sealed class OpenOrder(long id, int quantity, int executed, IReadOnlyList<Fill> fills, TimeSpan? cancelAfter)
{
    private int _executed = executed;
    private int _done;
    private bool _cancelled;

    /// <summary>Its row.</summary>
    public long Id => id;

    /// <summary>Whether an earlier run placed it.</summary>
    public bool TakenUp { get; init; }

    /// <summary>The span of its life; null where nobody listens.</summary>
    public Activity? Trace { get; init; }

    /// <summary>How long from its last step to its next; null where it has come to its end.</summary>
    public TimeSpan? NextAfter => _done < fills.Count ? fills[_done].After : _cancelled ? null : cancelAfter;

    /// <summary>The next step.</summary>
    public MarketStep NextStep() => _done < fills.Count
        ? new ExecuteStep(id, quantity, _executed, fills[_done].Quantity, fills[_done].Price)
        : new CancelStep(id, quantity, _executed);

    /// <summary>Notes that the next step was committed.</summary>
    public void Advance()
    {
        if (_done < fills.Count)
            _executed += fills[_done++].Quantity;
        else
            _cancelled = true;
    }
}
