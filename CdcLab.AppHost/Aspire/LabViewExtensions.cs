using CdcLab.AppHost.Aspire.Hosted;
using CdcLab.Runtime.Commands;
using CdcLab.Runtime.View;
using Microsoft.Extensions.DependencyInjection;

namespace CdcLab.AppHost.Aspire;

/// <summary>Shows every resource as the standalone host shows it: its icon, addresses and commands from <see cref="LabView"/>. What changes while the lab runs is <see cref="LiveDisplay"/>'s.</summary>
internal static class LabViewExtensions
{
    /// <summary>Aspire's own commands; one of ours with such a name would be refused.</summary>
    public static readonly IReadOnlyList<string> AspiresCommands = [KnownResourceCommands.StartCommand, KnownResourceCommands.StopCommand, KnownResourceCommands.RestartCommand];

    /// <summary>Gives the resources their looks.</summary>
    /// <param name="builder">The application, with all resources of the lab.</param>
    /// <param name="values">The lab.</param>
    /// <returns>The application.</returns>
    public static IDistributedApplicationBuilder ShownAsInView(this IDistributedApplicationBuilder builder, LabValues values)
    {
        LabSnapshot notStarted = new() { Model = values.Model, Abilities = values.Abilities, StartedAt = DateTimeOffset.UtcNow };
        foreach (ResourceView view in LabView.Of(notStarted))
        {
            IResourceBuilder<IResource> resource = builder.CreateResourceBuilder(builder.Resources.First(r => r.Name == view.Name));
            resource.WithIconName(view.Icon);
            resource.WithUrls(context =>
            {
                // The first one stands for the endpoint itself, and the graph shows its port.
                EndpointReference? endpoint = context.Urls.FirstOrDefault(u => u.Endpoint is not null)?.Endpoint;
                context.Urls.Clear();
                context.Urls.AddRange(view.Urls.Select((u, i) => InOrder(i, new() { Url = u.Address.OriginalString, DisplayText = u.DisplayName, Endpoint = i == 0 ? endpoint : null })));
            });
            foreach (CommandView command in view.Commands.Where(c => !AspiresCommands.Contains(c.Name)))
                Add(resource, command);
        }

        return builder;
    }

    // Marked obsolete because it is to become a property; there is no other way to say the order, and the dashboard's own puts links before addresses.
#pragma warning disable CS0618
    private static ResourceUrlAnnotation InOrder(int position, ResourceUrlAnnotation url)
    {
        url.DisplayOrder = -position;
        return url;
    }
#pragma warning restore CS0618

    private static void Add(IResourceBuilder<IResource> resource, CommandView command)
    {
        string name = resource.Resource.Name;
        CommandOptions options = new()
        {
            Description = command.Description,
            ConfirmationMessage = command.Confirmation,
            IconName = command.Icon,
            IsHighlighted = command.IsHighlighted,
            UpdateState = context => context.Services.GetService<LiveDisplay>()?.Availability(name, command.Name) ?? ResourceCommandState.Disabled,
        };
        resource.WithCommand(command.Name, command.DisplayName, context => ExecuteAsync(context, name, command.Name), options);
    }

    private static async Task<ExecuteCommandResult> ExecuteAsync(ExecuteCommandContext context, string resource, string command)
    {
        CommandOutcome outcome = await context.Services.GetRequiredService<LiveDisplay>().ExecuteAsync(resource, command, context.CancellationToken);
        if (!outcome.Succeeded)
            return CommandResults.Failure(outcome.Message);
        return outcome.Markdown is { } found
            ? CommandResults.Success(outcome.Message, found, CommandResultFormat.Markdown, displayImmediately: true)
            : CommandResults.Success(outcome.Message);
    }
}
