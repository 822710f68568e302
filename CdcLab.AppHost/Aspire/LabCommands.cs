using CdcLab.Model;
using CdcLab.Model.Live;
using CdcLab.Runtime;
using Microsoft.Extensions.DependencyInjection;

namespace CdcLab.AppHost.Aspire;

/// <summary>The lab's commands on its resources in the dashboard: kill, pause and resume. Stop, start and restart are Aspire's own.</summary>
internal static class LabCommands
{
    public static void AddLabCommands(this IDistributedApplicationBuilder builder, LabModel model)
    {
        foreach (LabResource resource in model.Resources)
        {
            IResourceBuilder<IResource> shown = builder.CreateResourceBuilder(builder.Resources.First(r => r.Name == resource.Name));
            Add(shown, ServerCommand.Kill, "Kill", $"SIGKILL to {resource.Name}: no clean end. It stays down until it is started.", "Kill it now?", "Flash", paused => !paused);
            Add(shown, ServerCommand.Pause, "Pause", $"{resource.Name} keeps its connections and answers nothing until it is resumed.", "Pause it now?", "Pause", paused => !paused);
            Add(shown, ServerCommand.Resume, "Resume", $"{resource.Name} goes on.", null, "Play", paused => paused);
        }
    }

    private static void Add(IResourceBuilder<IResource> resource, ServerCommand command, string name, string description, string? confirmation, string icon, Func<bool, bool> when)
    {
        resource.WithCommand(
            "lab-" + name.ToLowerInvariant(),
            name,
            context => ExecuteAsync(context, resource.Resource.Name, command),
            new CommandOptions
            {
                Description = description,
                ConfirmationMessage = confirmation is null ? null : $"{description} {confirmation}",
                IconName = icon,
                UpdateState = context => context.ResourceSnapshot.State?.Text switch
                {
                    "Running" when when(false) => ResourceCommandState.Enabled,
                    "Paused" when when(true) => ResourceCommandState.Enabled,
                    _ => ResourceCommandState.Hidden,
                },
            });
    }

    private static async Task<ExecuteCommandResult> ExecuteAsync(ExecuteCommandContext context, string name, ServerCommand command)
    {
        try
        {
            await context.Services.GetRequiredService<AspireControl>().ExecuteAsync(name, command, context.CancellationToken);
            return CommandResults.Success();
        }
        catch (LabControlException refused)
        {
            return CommandResults.Failure(refused.Message);
        }
    }
}
