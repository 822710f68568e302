using CdcLab.Clients.Verdicts;
using CdcLab.Runtime.View;

namespace CdcLab.Runtime.Commands;

/// <summary>All that a person can do to the lab in a dashboard, and the way to do it.</summary>
public static class LabCommands
{
    /// <summary>Every command, in the order in which they are shown.</summary>
    public static IReadOnlyList<LabCommand> All { get; } =
    [
        new StartCommand(), new StopCommand(), new ResumeCommand(),
        new PauseMarketCommand(), new ResumeMarketCommand(), new DoubleRateCommand(), new HalveRateCommand(),
        new VerifyNowCommand(), new OpenReportCommand(), new SqlPromptCommand(), new DescribeTopicsCommand(),
        new RestartCommand(), new KillCommand(), new PauseCommand(),
    ];

    /// <summary>The commands of a resource as they stand now.</summary>
    internal static IReadOnlyList<CommandView> ViewsOf(LabSnapshot lab, string resource) =>
        [.. All.Where(c => c.AppliesTo(lab.Model, resource)).Select(c => c.ViewOf(lab, resource))];

    /// <summary>Does what was chosen. It never throws: whatever goes wrong is told.</summary>
    /// <param name="command">The command's name.</param>
    /// <param name="call">On what.</param>
    /// <param name="cancellationToken">Ends the wait, not what was begun.</param>
    /// <returns>What came of it.</returns>
    public static async Task<CommandOutcome> ExecuteAsync(string command, CommandCall call, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(call);
        try
        {
            LabCommand? chosen = All.FirstOrDefault(c => c.Name == command && c.AppliesTo(call.Lab.Model, call.Resource));
            if (chosen is null)
                return CommandOutcome.Failed($"{call.Resource} has no command '{command}'.");
            if (chosen.Availability(call.Lab, call.Resource) != CommandAvailability.Enabled)
                return CommandOutcome.Failed($"'{chosen.DisplayName}' makes no sense now{(call.State is { } state ? $": {ServerView.NotServing(state)}" : "")}.");
            return await chosen.ExecuteAsync(call, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return CommandOutcome.Failed("Nobody waited for it any longer; what was begun goes on.");
        }
        catch (Exception failed) when (failed is LabControlException or VerdictsException or HttpRequestException)
        {
            return CommandOutcome.Failed(failed.Message);
        }
        catch (TaskCanceledException)
        {
            return CommandOutcome.Failed($"{call.Resource} did not answer in time.");
        }
        catch (Exception unexpected)
        {
            // A dashboard would show no more than "unknown error".
            return CommandOutcome.Failed($"{unexpected.GetType().Name}: {unexpected.Message}");
        }
    }
}
