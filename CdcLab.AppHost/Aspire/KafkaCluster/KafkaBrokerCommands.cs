using CliWrap;
using CliWrap.Buffered;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Aspire.Hosting;

/// <summary>What breaks a broker on purpose: kill, pause, resume. Stop, start and restart are Aspire's own.</summary>
internal static class KafkaBrokerCommands
{
    private const string Paused = "Paused";

    public static IResourceBuilder<KafkaBrokerResource> WithFaultCommands(this IResourceBuilder<KafkaBrokerResource> broker)
    {
        string name = broker.Resource.Name;
        return broker
            .WithFault("kill", "Kill", "Flash", "kill", $"Kill {name} (SIGKILL)? It ends at once, without cleaning up, and stays down until it is started.", KnownResourceStates.Running)
            .WithFault("pause", "Pause", "Pause", "pause", $"Pause {name}? It keeps its connections and answers nothing until it is resumed.", KnownResourceStates.Running)
            .WithFault("resume", "Resume", "Play", "unpause", null, Paused);
    }

    private static IResourceBuilder<KafkaBrokerResource> WithFault(this IResourceBuilder<KafkaBrokerResource> broker, string name, string displayName, string icon, string verb, string? confirmation, string state) =>
        broker.WithCommand(
            name,
            displayName,
            context => ExecuteAsync(context, broker.Resource, verb),
            new CommandOptions
            {
                ConfirmationMessage = confirmation,
                IconName = icon,
                UpdateState = context => context.ResourceSnapshot.State?.Text == state ? ResourceCommandState.Enabled : ResourceCommandState.Hidden,
            });

    private static async Task<ExecuteCommandResult> ExecuteAsync(ExecuteCommandContext context, KafkaBrokerResource broker, string verb)
    {
        ResourceNotificationService notifications = context.Services.GetRequiredService<ResourceNotificationService>();
        if (!notifications.TryGetCurrentState(context.ResourceName, out ResourceEvent? now) || now.Snapshot.Properties.FirstOrDefault(p => p.Name == "container.id")?.Value is not string container)
            return CommandResults.Failure($"{broker.Name} has no container yet.");

        // The program that Aspire itself uses for containers.
        IConfiguration configuration = context.Services.GetRequiredService<IConfiguration>();
        string program = configuration["ASPIRE_CONTAINER_RUNTIME"] ?? configuration["DcpPublisher:ContainerRuntime"] ?? "docker";
        BufferedCommandResult result = await CliWrap.Cli.Wrap(program).WithArguments([verb, container]).WithValidation(CommandResultValidation.None).ExecuteBufferedAsync(context.CancellationToken);
        if (!result.IsSuccess)
            return CommandResults.Failure($"{program} {verb} {container}: {result.StandardError.Trim()}");

        // A container that is killed is seen by Aspire; one that is paused is not, and every publish asks anew which commands make sense.
        ResourceStateSnapshot? state = verb switch
        {
            "pause" => new(Paused, KnownResourceStateStyles.Warn),
            "unpause" => new(KnownResourceStates.Running, null),
            _ => null,
        };
        if (state is not null)
            await notifications.PublishUpdateAsync(broker, context.ResourceName, s => s with { State = state });
        return CommandResults.Success();
    }
}
