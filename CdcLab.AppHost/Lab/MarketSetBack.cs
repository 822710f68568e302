using CdcLab.Clients.MySql;
using CdcLab.Clients.Verifier;
using Dapper;
using MySqlConnector;

namespace CdcLab.AppHost.Lab;

/// <summary>Sets the market's tables back to what its ledger has, as root: what the verifier finds, look after look, until it finds no more.</summary>
internal static class MarketSetBack
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    /// <summary>How many statements it took.</summary>
    /// <exception cref="InvalidOperationException">MySQL refused one, or it took too long.</exception>
    public static async Task<int> RunAsync(LabSession lab, VerifierClient verifier, CancellationToken stop)
    {
        long began = Stopwatch.GetTimestamp();
        int statements = 0;
        while (true)
        {
            LabReport report = await verifier.LookAsync(stop);
            // What the ledger knows is not all known yet while it is read back, after a start of the verifier.
            IReadOnlyList<string>? found = await verifier.SetBackAsync(stop);
            if (found is { Count: 0 } && report.Checks.All(c => c.Id != "market.ledger" || c.Outcome != Outcome.Failed))
                return statements;
            // What the fix says instead: nothing sets it back.
            if (found is { Count: 0 } && report.Checks.FirstOrDefault(c => c.Id == "market.ledger") is { Outcome: Outcome.Failed, Fix: { } fix } && fix.EndsWith(FixText.BeginAnew, StringComparison.Ordinal))
                throw new InvalidOperationException($"It cannot be set back. {fix}");
            if (Stopwatch.GetElapsedTime(began) > Limit)
                throw new InvalidOperationException($"There is still more to set back after {Limit.TotalMinutes:0} minutes and {statements:N0} statements: run it again, or make a new lab (`reset`).");
            statements += await ExecuteAsync(lab, found ?? [], stop) ? found?.Count ?? 0 : 0;
        }
    }

    // In one transaction: consumers see what was set back at once, or nothing of it. False where the market was there first, which the next look sees.
    private static async Task<bool> ExecuteAsync(LabSession lab, IReadOnlyList<string> statements, CancellationToken stop)
    {
        try
        {
            await using MySqlConnection root = new(MySqlConnectionStrings.Dedicated(lab.Ports.MySql, "root", lab.Secrets.Root, OrdersSchema.Database));
            await root.OpenAsync(stop);
            await using MySqlTransaction transaction = await root.BeginTransactionAsync(stop);
            foreach (string statement in statements)
                await root.ExecuteAsync(new CommandDefinition(statement, transaction: transaction, cancellationToken: stop));
            await transaction.CommitAsync(stop);
            return true;
        }
        catch (MySqlException moved) when (moved.ErrorCode is MySqlErrorCode.DuplicateKeyEntry or MySqlErrorCode.LockDeadlock or MySqlErrorCode.LockWaitTimeout)
        {
            return false;
        }
        catch (MySqlException refused)
        {
            throw new InvalidOperationException($"MySQL refused it: {refused.Message}", refused);
        }
    }
}
