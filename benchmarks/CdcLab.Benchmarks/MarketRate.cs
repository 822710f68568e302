using CdcLab.Clients.Market;
using CdcLab.Clients.MySql;
using CdcLab.Model.Options;
using CdcLab.Model.Schema;
using CdcLab.OrderSimulator.Market;
using CdcLab.OrderSimulator.Trading;
using MySqlConnector;

namespace CdcLab.Benchmarks;

/// <summary>The order simulator, unthrottled, against mysqlslap: in turns on the same MySQL, with the same statements, round trips and connections. MySQL
/// itself counts what was committed.</summary>
internal static class MarketRate
{
    private const double Target = 0.9;
    private const int Connections = 4;
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(8);

    // Until the market has as many orders open as it may have, and mysqlslap has connected.
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan RestLimit = TimeSpan.FromSeconds(60);

    public static async Task<IReadOnlyList<Result>> MeasureAsync(Workplace place, CancellationToken cancellationToken)
    {
        string[] settings = ["--Lab:Dashboard:Enabled=false", "--Lab:Simulator:OrdersPerSecond=0", $"--Lab:Simulator:Workers={Connections}"];
        await using LabProcess lab = await place.StartLabAsync("market", settings, cancellationToken);
        string connection = MySqlConnectionStrings.Dedicated(place.PortBase, DatabaseUser.Simulator.Name, lab.Secret("Simulator"), OrdersSchema.Database);
        string script = Path.Combine(place.Folder, "slap.sql");
        await File.WriteAllTextAsync(script, SlapScript.Write(), cancellationToken);
        string[] mysqlslap = Slap(Proc.CommandLine(await lab.PidAsync(ResourceNames.MySql, cancellationToken)));
        using MarketClient market = lab.Market();
        // A compiled client against one that is compiled while it runs: the first turn does not count.
        await SimulateAsync();
        Samples simulator = new(), slap = new();
        for (int turn = 0; turn < place.Turns; turn++)
        {
            if (turn % 2 == 0)
                simulator.Add(await SimulateAsync());
            slap.Add(await SlapAsync());
            if (turn % 2 != 0)
                simulator.Add(await SimulateAsync());
            place.Say($"simulator {simulator.Last:0} transactions/s, mysqlslap {slap.Last:0}");
        }

        await lab.StopAsync("TERM", cancellationToken);
        Samples ratio = simulator.Against(slap);
        string figures = $"simulator {simulator.Text("0", "/s")}, mysqlslap {slap.Text("0", "/s")}";
        return [Result.Ratio("order simulator, unthrottled, against mysqlslap", ratio, figures, $"at least {Target}x", ratio.Median >= Target)];

        async Task<double> SimulateAsync()
        {
            await market.SetRateAsync(OrderRate.Max, cancellationToken);
            double rate = await RateAsync(connection, cancellationToken);
            await market.SetRateAsync(OrderRate.Paused, cancellationToken);
            long begin = Stopwatch.GetTimestamp();
            while ((await market.StateAsync(cancellationToken)).Open > 0)
            {
                if (Stopwatch.GetElapsedTime(begin) > RestLimit)
                    throw new BenchmarkException($"The market still had open orders {RestLimit.TotalSeconds:0} s after it was paused.");
                await Task.Delay(100, cancellationToken);
            }

            return rate;
        }

        async Task<double> SlapAsync()
        {
            ProcessStartInfo start = place.Start(mysqlslap[0],
            [
                .. mysqlslap.Skip(1), "--no-defaults", "--protocol=tcp", "--host=127.0.0.1", $"--port={place.PortBase}",
                $"--user={DatabaseUser.Simulator.Name}", "--ssl-mode=DISABLED", "--get-server-public-key",
                $"--create-schema={OrdersSchema.Database}", "--no-drop",
                $"--query={script}", $"--delimiter={SlapScript.Delimiter}", $"--concurrency={Connections}",
                // It works until it is killed.
                "--number-of-queries=2000000000",
            ]);
            start.Environment["MYSQL_PWD"] = lab.Secret("Simulator");
            using Process process = Process.Start(start)!;
            try
            {
                double rate = await RateAsync(connection, cancellationToken);
                return !process.HasExited
                    ? rate
                    : throw new BenchmarkException($"mysqlslap ended by itself: {await process.StandardError.ReadToEndAsync(cancellationToken)}");
            }
            finally
            {
                process.Kill();
                await process.WaitForExitAsync(CancellationToken.None);
            }
        }
    }

    /// <summary>Transactions that MySQL commits in a second, whoever sends them.</summary>
    private static async Task<double> RateAsync(string connectionString, CancellationToken cancellationToken)
    {
        await Task.Delay(WarmUp, cancellationToken);
        await using MySqlConnection connection = new(connectionString);
        await connection.OpenAsync(cancellationToken);
        long begin = Stopwatch.GetTimestamp();
        long before = await CommittedAsync(connection, cancellationToken);
        await Task.Delay(Window, cancellationToken);
        return (await CommittedAsync(connection, cancellationToken) - before) / Stopwatch.GetElapsedTime(begin).TotalSeconds;
    }

    // One server and no replica: one identifier and one interval, such as 3e11fa47-...:1-77.
    private static async Task<long> CommittedAsync(MySqlConnection connection, CancellationToken cancellationToken)
    {
        await using MySqlCommand command = new("SELECT @@GLOBAL.gtid_executed", connection);
        return long.Parse(((string)(await command.ExecuteScalarAsync(cancellationToken))!).Split(':', '-')[^1], CultureInfo.InvariantCulture);
    }

    /// <summary>mysqlslap of the server's own distribution, started as the server is: by a loader of its own where it has one.</summary>
    private static string[] Slap(string[] server)
    {
        int program = Array.FindLastIndex(server, w => Path.GetFileName(w) == "mysqld");
        string folder = Path.GetDirectoryName(server[program])!;
        string[] beside = [Path.Combine(folder, "mysqlslap"), Path.GetFullPath(Path.Combine(folder, "..", "bin", "mysqlslap"))];
        string slap = beside.FirstOrDefault(File.Exists)
            ?? throw new BenchmarkException("The MySQL that the lab runs has no mysqlslap beside it.");
        return [.. server[..program].Select(w => Path.GetFileName(w) == "mysqld" ? slap : w), slap];
    }

    /// <summary>The market's own statements with the values of orders of the same flow written out.</summary>
    private static class SlapScript
    {
        /// <summary>Stands between two round trips; it occurs in no statement.</summary>
        public const char Delimiter = '|';

        private const int Orders = 2000;

        public static string Write()
        {
            OrderFlow flow = new(seed: 1);
            StringBuilder text = new();
            for (int i = 0; i < Orders; i++)
                Write(text, flow.Next());
            return text.ToString();
        }

        private static void Write(StringBuilder text, OrderPlan plan)
        {
            // The simulator is told the new row's id with the INSERT's answer; mysqlslap cannot use an answer, so the server keeps it.
            Transaction(
                MySqlSession.InsertText + ";\nSET @cdclab_order = LAST_INSERT_ID()",
                ("@user", plan.UserId), ("@symbol", plan.Instrument.Symbol), ("@type", plan.OrderType), ("@quantity", plan.Quantity), ("@price", plan.Price));
            int executed = 0;
            foreach (Fill fill in plan.Fills)
            {
                (string from, string to) = (OrderStatus.Of(executed, plan.Quantity), OrderStatus.Of(executed + fill.Quantity, plan.Quantity));
                executed += fill.Quantity;
                Transaction(
                    MySqlSession.ExecuteText,
                    ("@from", from), ("@to", to), ("@of", plan.Quantity), ("@quantity", fill.Quantity), ("@price", fill.Price));
            }

            if (plan.CancelAfter is not null)
                Transaction(MySqlSession.CancelText, ("@from", OrderStatus.Of(executed, plan.Quantity)));

            void Transaction(string statements, params (string Name, object Value)[] values)
            {
                string filled = statements.Replace("@order", "@cdclab_order", StringComparison.Ordinal).Replace("@at", "NOW(3)", StringComparison.Ordinal);
                // Longer names first, so that no name is replaced inside another.
                foreach ((string name, object value) in values.OrderByDescending(v => v.Name.Length))
                    filled = filled.Replace(name, value is string words ? $"'{words}'" : value.ToString(), StringComparison.Ordinal);
                text.Append(filled).Append(Delimiter).Append("COMMIT").Append(Delimiter);
            }
        }
    }
}
