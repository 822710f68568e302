using MySqlConnector;

namespace CdcLab.Tests.Lab.Sabotage;

/// <summary>A sabotage of the running lab: the right check fails, nothing that is unrelated does, and what its fix says, typed as printed, heals it.</summary>
[Collection(LabCollectionDefinition.Name)]
[Trait("tier", "lab")]
public abstract class SabotageTest(LabApplication lab) : IAsyncDisposable
{
    private static readonly TimeSpan TurnLimit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan WholeLimit = TimeSpan.FromSeconds(30);

    /// <summary>The lab that is broken.</summary>
    protected LabApplication Lab { get; } = lab;

    /// <summary>Heals what a test that failed has left broken, so that the next ones begin with a lab that is whole.</summary>
    /// <returns>When it is healed, or cannot be.</returns>
    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (TestContext.Current.TestState?.Result == TestResult.Failed && !Lab.IsWhole)
            await TryAsync(HealAsync);

    }

    /// <summary>Types the fixes of all that failed, until all is ok: what follows from something is seen when that is healed.</summary>
    /// <returns>When all is ok.</returns>
    protected async Task HealAsync()
    {
        for (int round = 0; !Lab.IsWhole; round++)
        {
            LabReport report = await Lab.Verifier.ReportAsync(CancellationToken.None);
            foreach (Verdict root in report.Checks.Where(c => c.Outcome == Outcome.Failed && c.CausedBy is null && FixText.Codes(c.Fix!).Count > 0))
                await TryAsync(() => TypeAsync(root.Fix!));
            Lab.IsWhole = await TryAsync(() => Lab.AllOkAsync(TimeSpan.FromSeconds(10)));
            Assert.True(Lab.IsWhole || round < 3, "It is still broken after its fixes were typed three times.");
        }
    }

    private static async Task<bool> TryAsync(Func<Task> heal)
    {
        try
        {
            await heal();
            return true;
        }
        catch (Exception refused) when (refused is MySqlException or Xunit.Sdk.IAssertionException)
        {
            TestContext.Current.SendDiagnosticMessage(refused.Message);
            return false;
        }
    }

    /// <summary>Breaks something, waits for the check to fail, types the fix, and waits until all is ok.</summary>
    /// <param name="id">The check that must fail, and be its own cause.</param>
    /// <param name="sabotage">Breaks it.</param>
    /// <param name="related">Checks that may fail too, beside those that follow.</param>
    /// <param name="turnLimit">How long the check may take to fail; null for the ten seconds of what can be read at once.</param>
    /// <returns>The verdict.</returns>
    protected async Task<Verdict> BreakAndHealAsync(string id, Func<Task> sabotage, string[]? related = null, TimeSpan? turnLimit = null)
    {
        Verdict verdict = await BreakAsync(id, sabotage, related, turnLimit);
        await TypeAsync(verdict.Fix!);
        await Lab.AllOkAsync(WholeLimit, withFigures: id is "mysql.answers" or "mysql.triggers" || verdict.Fix!.Contains("aspire resource ", StringComparison.Ordinal));
        Lab.IsWhole = true;
        return verdict;
    }

    /// <summary>Breaks something, and waits for the check to fail.</summary>
    /// <param name="id">The check that must fail, and be its own cause.</param>
    /// <param name="sabotage">Breaks it.</param>
    /// <param name="related">Checks that may fail too, beside those that follow.</param>
    /// <param name="turnLimit">How long the check may take to fail.</param>
    /// <returns>The verdict.</returns>
    protected async Task<Verdict> BreakAsync(string id, Func<Task> sabotage, string[]? related = null, TimeSpan? turnLimit = null)
    {
        if (!Lab.IsWhole)
            await Lab.AllOkAsync(WholeLimit);
        Lab.IsWhole = false;
        await sabotage();
        (LabReport report, Verdict verdict, _) = await Lab.LookForVerdictAsync(id, Outcome.Failed, turnLimit ?? TurnLimit);
        Assert.Null(verdict.CausedBy);
        Assert.DoesNotContain(report.Checks, c => c.Outcome == Outcome.Failed && c.CausedBy is null && c.Id != id && related?.Contains(c.Id) != true);
        return verdict;
    }

    /// <summary>Types what stands in backticks: commands of the Aspire CLI, statements for MySQL as root, and else commands for a shell.</summary>
    /// <param name="fix">The fix as it is printed.</param>
    /// <returns>When all is typed.</returns>
    protected async Task TypeAsync(string fix)
    {
        IReadOnlyList<string> typed = FixText.Codes(fix);
        Assert.True(typed.Count > 0, $"There is nothing to type in the fix: {fix}");
        foreach (string line in typed)
        {
            if (line.StartsWith("aspire resource ", StringComparison.Ordinal))
                await Lab.CommandAsync(line.Split(' ')[2], line.Split(' ')[3]);
            else if (FixText.IsStatement(line))
                await RootWhenUpAsync(line);
            else
                await ShellAsync(line);
        }
    }

    // After a restart a person waits until MySQL is up again.
    private async Task RootWhenUpAsync(string sql)
    {
        long began = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                await RootAsync(sql);
                return;
            }
            catch (MySqlException e) when (e.ErrorCode == MySqlErrorCode.UnableToConnectToHost && Stopwatch.GetElapsedTime(began) < WholeLimit)
            {
                await Task.Delay(500, TestContext.Current.CancellationToken);
            }
        }
    }

    /// <summary>Executes statements as root.</summary>
    /// <param name="sql">One statement, or several with semicolons between them.</param>
    /// <returns>When they are executed.</returns>
    protected async Task RootAsync(string sql)
    {
        await using MySqlConnection connection = await Lab.LogInAsync("root");
        await using MySqlCommand command = new(sql, connection);
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>Runs a command in a shell.</summary>
    /// <param name="line">The command.</param>
    /// <returns>When it has ended well.</returns>
    protected static async Task ShellAsync(string line)
    {
        using Process shell = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", line]) { UseShellExecute = false, RedirectStandardError = true, RedirectStandardOutput = true })!;
        Task<string> output = shell.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken), errors = shell.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await shell.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(shell.ExitCode == 0, $"{line}\nended with {shell.ExitCode}: {await output}{await errors}");
    }
}
