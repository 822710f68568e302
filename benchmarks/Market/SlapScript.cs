using System.Globalization;
using System.Text;
using CdcLab.OrderSimulator.Market;
using CdcLab.OrderSimulator.Trading;

namespace CdcLab.Benchmarks.Market;

/// <summary>The market's own statements as a text for mysqlslap: the same texts, orders of the same flow, with every value written out.</summary>
internal static class SlapScript
{
    /// <summary>Stands between two round trips; it occurs in no statement.</summary>
    public const char Delimiter = '|';

    private const int Orders = 2000;

    /// <summary>Writes the text.</summary>
    /// <param name="batched">Two round trips for a transaction, as the simulator makes them; else one for each statement, as is usual with mysqlslap.</param>
    public static string Write(bool batched)
    {
        OrderFlow flow = new(seed: 1);
        StringBuilder text = new();
        for (int i = 0; i < Orders; i++)
            Write(text, flow.Next(), batched);
        return text.ToString();
    }

    private static void Write(StringBuilder text, OrderPlan plan, bool batched)
    {
        InsertStep insert = new(plan);
        // The simulator is told the new row's id with the INSERT's answer; mysqlslap cannot use an answer, so the server keeps it.
        Transaction(
            text,
            Filled(MySqlSession.InsertText + ";\nSET @cdclab_order = LAST_INSERT_ID()", ("@user", plan.UserId), ("@symbol", plan.Instrument.Symbol), ("@type", insert.OrderType), ("@quantity", plan.Quantity), ("@price", plan.Price)),
            batched);
        int executed = 0;
        foreach (Fill fill in plan.Fills)
        {
            ExecuteStep execute = new(0, plan.Quantity, executed, fill.Quantity, fill.Price);
            Transaction(text, Filled(MySqlSession.ExecuteText, ("@from", execute.From), ("@to", execute.To), ("@of", plan.Quantity), ("@quantity", fill.Quantity), ("@price", fill.Price)), batched);
            executed += fill.Quantity;
        }

        if (plan.CancelAfter is not null)
            Transaction(text, Filled(MySqlSession.CancelText, ("@from", new CancelStep(0, plan.Quantity, executed).From)), batched);
    }

    private static void Transaction(StringBuilder text, string statements, bool batched) =>
        text.Append(batched ? statements : statements.Replace(';', Delimiter)).Append(Delimiter).Append("COMMIT").Append(Delimiter);

    // Longer names first, so that no name is replaced inside another.
    private static string Filled(string statements, params (string Name, object Value)[] values)
    {
        string filled = statements.Replace("@order", "@cdclab_order", StringComparison.Ordinal).Replace("@at", "NOW(3)", StringComparison.Ordinal);
        foreach ((string name, object value) in values.OrderByDescending(v => v.Name.Length))
            filled = filled.Replace(name, value is string words ? $"'{words}'" : Convert.ToString(value, CultureInfo.InvariantCulture), StringComparison.Ordinal);
        return filled;
    }
}
