using CdcLab.AppHost.Lab;
using CdcLab.Model.Drills;

namespace CdcLab.AppHost.Drills;

/// <summary>Drills as commands of Kafka and MySQL: in the dashboard, and as <c>aspire resource kafka drill-leader-killed</c>.</summary>
internal static class DrillCommands
{
    public static IResourceBuilder<T> WithDrills<T>(this IResourceBuilder<T> resource, LabSession lab)
        where T : IResource
    {
        DrillSettings configured = DrillRunner.Configured(lab.Options);
        foreach (Drill drill in AllDrills.InOrder.Where(d => d.Resource == resource.Resource.Name))
        {
            string load = drill.IsOfKafka ? ", while numbered messages are sent" : "";
            resource.WithCommand($"drill-{drill.Name}", $"Drill: {drill.Name}", context => RunAsync(drill, context), new CommandOptions
            {
                ConfirmationMessage = $"Run the drill {drill.Name}? It {drill.What}{load}. Predicted: {drill.Predict(configured)}.",
                IconName = "BeakerSettings",
                UpdateState = context => context.ResourceSnapshot.State?.Text == KnownResourceStates.Running
                    ? ResourceCommandState.Enabled
                    : ResourceCommandState.Disabled,
            });
        }

        return resource;
    }

    private static async Task<ExecuteCommandResult> RunAsync(Drill drill, ExecuteCommandContext context)
    {
        try
        {
            DrillRunner runner = context.Services.GetRequiredService<DrillRunner>();
            DrillOutcome outcome = await runner.RunAsync(drill, Random.Shared.Next(1_000_000), context.CancellationToken);
            string markdown = DrillMarkdown.Render(outcome);
            return outcome.Faults.Count == 0
                ? CommandResults.Success(DrillMarkdown.Headline(outcome), markdown, CommandResultFormat.Markdown, displayImmediately: true)
                : CommandResults.Failure(DrillMarkdown.Headline(outcome), markdown, CommandResultFormat.Markdown);
        }
        catch (DrillException e)
        {
            return CommandResults.Failure(e.Message);
        }
    }
}
