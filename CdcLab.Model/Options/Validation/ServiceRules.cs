namespace CdcLab.Model.Options.Validation;

/// <summary>MySQL's numbers, the market and the verifier.</summary>
internal static class ServiceRules
{
    /// <summary>Connections beside the market's workers: the verifier's, the market's own, a probe, root at the start, a person, Debezium later.</summary>
    public const int OtherConnections = 10;

    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Millisecond = TimeSpan.FromMilliseconds(1);

    public static void Judge(LabOptions options, FaultList faults)
    {
        MySql(options, faults);
        faults.Whole("Lab:Simulator:Workers", options.Simulator.Workers, 1, 64);
        faults.Whole("Lab:Simulator:KeepOrders", options.Simulator.KeepOrders, 1_000, 1_000_000_000);
        Connections(options, faults);

        faults.Time("Lab:Verifier:Interval", options.Verifier.Interval, Second, TimeSpan.FromHours(1), Millisecond);
        // A verdict needs 20 samples in 30 seconds.
        faults.Time("Lab:Verifier:ProbeInterval", options.Verifier.ProbeInterval, TimeSpan.FromMilliseconds(10), Second, Millisecond);
        faults.Time("Lab:Verifier:MaxLatency", options.Verifier.MaxLatency, Millisecond, TimeSpan.FromSeconds(30), TimeSpan.FromTicks(1));
    }

    private static void MySql(LabOptions options, FaultList faults)
    {
        faults.Whole("Lab:MySql:MaxConnections", options.MySql.MaxConnections, 1, 100_000);
        // binlog_expire_logs_seconds is a 32-bit number without a sign; 0 would keep the files for ever.
        faults.Time("Lab:MySql:BinlogRetention", options.MySql.BinlogRetention, Second, TimeSpan.FromSeconds(uint.MaxValue), Second);
    }

    private static void Connections(LabOptions options, FaultList faults)
    {
        const string Most = "Lab:MySql:MaxConnections";
        const string Workers = "Lab:Simulator:Workers";
        int needed = options.Simulator.Workers + OtherConnections;
        if (faults.Has(Most, Workers) || options.MySql.MaxConnections >= needed)
            return;
        faults.Add(Most, $"is too few for {options.Simulator.Workers} workers ({Workers}) and {OtherConnections} other connections", $"at least {needed} would do");
    }
}
