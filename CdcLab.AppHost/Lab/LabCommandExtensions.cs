using CdcLab.AppHost.Commands;
using CdcLab.Clients.Market;
using CdcLab.Clients.Verifier;
using CdcLab.Clients.ZooKeeper;

namespace CdcLab.AppHost.Lab;

/// <summary>Commands that show or change something without breaking it: how to connect, describe topics, the market's rate, verify now.</summary>
internal static class LabCommandExtensions
{
    public static IResourceBuilder<IMySqlServer> WithConnectCommand(this IResourceBuilder<IMySqlServer> mysql, LabSession lab) => mysql.WithMarkdown(
        "connect", "How to connect", "PlugConnected", (_, _) => Task.FromResult($"""
            ### MySQL
            | | |
            |---|---|
            | address | `127.0.0.1:{lab.Ports.MySql}`{(lab.Containers ? $" (inside the containers' network: `{ResourceNames.MySql}:3306`)" : "")} |
            | database | `{OrdersSchema.Database}` |
            | user | `{DatabaseUser.Debezium.Name}` (reads the binlog and every table) |
            | password | in `{lab.SecretsFile}`, key `{LabSecrets.Key(nameof(LabSecrets.Debezium))}` |

            ```
            mysql --host=127.0.0.1 --port={lab.Ports.MySql} --user={DatabaseUser.Debezium.Name} --password --loose-skip-ssl-verify-server-cert {OrdersSchema.Database}
            ```
            JDBC: `jdbc:mysql://127.0.0.1:{lab.Ports.MySql}/{OrdersSchema.Database}`
            """));

    public static IResourceBuilder<KafkaClusterResource> WithKafkaCommands(this IResourceBuilder<KafkaClusterResource> kafka, LabSession lab) => kafka
        .WithMarkdown("connect", "How to connect", "PlugConnected", (_, _) =>
        {
            IReadOnlyList<BrokerAddresses> brokers = BrokerAddresses.Of(lab.Options, lab.Containers);
            string external = string.Join(',', brokers.Select(b => b.External));
            return Task.FromResult($"""
                ### Kafka
                | side | bootstrap.servers | for |
                |---|---|---|
                | EXTERNAL | `{external}` | programs on this machine |
                | INTERNAL | `{string.Join(',', brokers.Select(b => b.Internal))}` | {(lab.Containers ? "containers in the same network" : "the brokers among themselves")} |

                ```
                kcat -b {external} -L
                kcat -b {external} -C -t {KafkaTopic.ProbeName} -o end
                ```
                ZooKeeper: `127.0.0.1:{lab.Ports.ZooKeeper}`. There is no login.{(lab.Programs?.KnownKafka?.IsLegacy == true ? " This is the legacy Kafka: clients need `api.version.request=false` and `broker.version.fallback=0.9.0.1`." : "")}
                """);
        })
        .WithMarkdown("topics", "Describe topics", "TextBulletListTree", async (_, stop) =>
        {
            ClusterState state = await ClusterReader.ReadAsync(ServerRuntime.Loopback, lab.Ports.ZooKeeper, stop);
            return state.Partitions.Count == 0 ? "There is no topic yet." : VerifyMarkdown.Table(["partition", "leader", "replicas", "in sync"], state.Partitions.OrderBy(p => p.Name, StringComparer.Ordinal)
                .Select(p => new[] { p.Name, p.Leader is { } leader ? $"{leader}" : "none", string.Join(", ", p.Replicas), $"{string.Join(", ", p.InSync)}{(p.IsUnderReplicated ? " **under-replicated**" : "")}" }));
        });

    public static IResourceBuilder<ProjectResource> WithMarketCommands(this IResourceBuilder<ProjectResource> simulator, LabSession lab) => simulator
        .WithCommand(
            "market-set-back",
            "Set the tables back",
            context => OrFailureAsync(async () =>
                CommandResults.Success($"Every order is as the ledger has it, after {await MarketSetBack.RunAsync(lab, context.Services.GetRequiredService<VerifierClient>(), context.CancellationToken):N0} statements.")),
            new CommandOptions { IconName = "ArrowUndo", ConfirmationMessage = "Set every order and execution back as the market's ledger has it? What others have written into the two tables is undone." })
        .WithMarket("market-pause", "Pause the market", "ClockPause", (market, stop) => market.PauseAsync(stop))
        .WithMarket("market-resume", "Resume the market", "PlayCircle", (market, stop) => market.ResumeAsync(stop))
        .WithMarket("market-double", "Double the rate", "ArrowTrendingLines", (market, stop) => ScaleAsync(market, 2, stop))
        .WithMarket("market-halve", "Halve the rate", "ArrowTrendingDown", (market, stop) => ScaleAsync(market, 0.5, stop));

    public static IResourceBuilder<ProjectResource> WithVerifyCommand(this IResourceBuilder<ProjectResource> verifier) => verifier.WithMarkdown(
        "verify", "Verify now", "CheckmarkCircle", async (services, stop) =>
        {
            LabReport report = await services.GetRequiredService<VerifierClient>().LookAsync(stop);
            await services.GetRequiredService<VerdictDisplay>().ShowAsync(report);
            return VerifyMarkdown.RenderVerdicts(report);
        });

    private static async Task<MarketState> ScaleAsync(MarketClient market, double factor, CancellationToken stop)
    {
        MarketState state = await market.StateAsync(stop);
        if (!OrderRate.TryParse(state.OrdersPerSecond, out OrderRate rate) || rate.IsMax || rate.IsPaused)
            throw new InvalidOperationException($"The rate is {state.OrdersPerSecond}; there is no number to change.");
        return await market.SetRateAsync(new OrderRate(Math.Min(OrderRate.HighestPerSecond, rate.PerSecond * factor)), stop);
    }

    private static IResourceBuilder<ProjectResource> WithMarket(this IResourceBuilder<ProjectResource> simulator, string name, string displayName, string icon, Func<MarketClient, CancellationToken, Task<MarketState>> execute) =>
        simulator.WithCommand(
            name,
            displayName,
            context => OrFailureAsync(async () =>
            {
                MarketState state = await execute(context.Services.GetRequiredService<MarketClient>(), context.CancellationToken);
                return CommandResults.Success($"The market is {(state.Paused ? "paused" : $"at {state.OrdersPerSecond} orders per second")}.");
            }),
            new CommandOptions { IconName = icon, UpdateState = context => context.ResourceSnapshot.State?.Text == KnownResourceStates.Running ? ResourceCommandState.Enabled : ResourceCommandState.Disabled });

    private static IResourceBuilder<T> WithMarkdown<T>(this IResourceBuilder<T> resource, string name, string displayName, string icon, Func<IServiceProvider, CancellationToken, Task<string>> make)
        where T : IResource => resource.WithCommand(
        name,
        displayName,
        context => OrFailureAsync(async () => CommandResults.Success(displayName, await make(context.Services, context.CancellationToken), CommandResultFormat.Markdown, displayImmediately: true)),
        new CommandOptions { IconName = icon, IsHighlighted = name == "connect" });

    private static async Task<ExecuteCommandResult> OrFailureAsync(Func<Task<ExecuteCommandResult>> execute)
    {
        try
        {
            return await execute();
        }
        catch (Exception failed) when (failed is VerifierException or HttpRequestException or IOException or InvalidOperationException or System.Net.Sockets.SocketException or ZooKeeperException)
        {
            return CommandResults.Failure(failed.Message);
        }
    }
}
