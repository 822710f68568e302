using Aspire.Hosting.ApplicationModel;
using CdcLab.AppHost.Programs;
using Microsoft.Extensions.DependencyInjection;

namespace CdcLab.Tests.Lab.Changes;

/// <summary>A lab for which there is no Debezium.</summary>
[Collection(LabCollectionDefinition.Name)]
[Trait("tier", "lab")]
public sealed class WithoutDebeziumTests(LabApplication lab)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Connect_says_in_one_line_what_to_do_stays_not_started_and_nothing_else_changes()
    {
        string? home = Environment.GetEnvironmentVariable(DebeziumProgram.Variable);
        Environment.SetEnvironmentVariable(DebeziumProgram.Variable, null);
        try
        {
            await lab.AllOkAsync(Limit);
            ResourceCommandService commands = lab.Services.GetRequiredService<ResourceCommandService>();
            ResourceNotificationService notifications = lab.Services.GetRequiredService<ResourceNotificationService>();

            ExecuteCommandResult refused = await commands.ExecuteCommandAsync("connect", KnownResourceCommands.StartCommand, TestContext.Current.CancellationToken);

            Assert.False(refused.Success);
            Assert.StartsWith("DEBEZIUM_HOME is not set. Set DEBEZIUM_HOME to a folder with libs/", refused.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("\n", refused.Message, StringComparison.Ordinal);
            await notifications.WaitForResourceAsync("connect", KnownResourceStates.NotStarted, TestContext.Current.CancellationToken);
            LabReport report = await lab.AllOkAsync(Limit);
            Assert.DoesNotContain(report.Checks, c => c.Id.StartsWith("connect.", StringComparison.Ordinal) || c.Id.StartsWith("cdc.", StringComparison.Ordinal));
            Assert.Contains("DEBEZIUM_HOME is not set.", Assert.Single(report.NotPossibleHere, n => n.Id == "cdc").Reason, StringComparison.Ordinal);
        }
        finally
        {
            Environment.SetEnvironmentVariable(DebeziumProgram.Variable, home);
        }
    }
}
