using CdcLab.Clients.Market;
using CdcLab.Clients.Verifier;
using CdcLab.Clients.ZooKeeper;

namespace CdcLab.AppHost.Lab;

/// <summary>Commands that show or change something without breaking it: how to connect, describe topics, the market's rate, verify now.</summary>
internal static class LabCommandExtensions
{
    /// <summary>How to connect to MySQL as the CDC user.</summary>
    public static IResourceBuilder<IMySqlServer> WithConnectCommand(this IResourceBuilder<IMySqlServer> mysql, LabSession lab) => mysql.WithMarkdown(
        "connect", "How to connect", "PlugConnected", _ => Task.FromResult($"""
            ### MySQL
            | | |
            |---|---|
            | address | `127.0.0.1:{lab.Ports.MySql}`{(lab.Containers ? $" (inside the containers' network: `{ResourceNames.MySql}:3306`)" : "")} |
            | database | `{OrdersSchema.Database}` |
            | user | `{DatabaseUser.Debezium.Name}` (reads the binlog and every table) |
            | password | in `{lab.SecretsFile}`, key `debezium` |

            ```
            mysql --host=127.0.0.1 --port={lab.Ports.MySql} --user={DatabaseUser.Debezium.Name} --password --loose-skip-ssl-verify-server-cert {OrdersSchema.Database}
            ```
            JDBC: `jdbc:mysql://127.0.0.1:{lab.Ports.MySql}/{OrdersSchema.Database}`
            """));

    /// <summary>How to connect to Kafka from either side, and its topics.</summary>
    public static IResourceBuilder<KafkaClusterResource> WithKafkaCommands(this IResourceBuilder<KafkaClusterResource> kafka, LabSession lab) => kafka
        .WithMarkdown("connect", "How to connect", "PlugConnected", _ =>
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
        .WithMarkdown("topics", "Describe topics", "TextBulletListTree", async stop => Topics(await ClusterReader.ReadAsync("127.0.0.1", lab.Ports.ZooKeeper, stop)));

    /// <summary>Pause, resume, double and halve the market.</summary>
    public static IResourceBuilder<ProjectResource> WithMarketCommands(this IResourceBuilder<ProjectResource> simulator)
    {
        return simulator
            .WithMarket("market-pause", "Pause the market", "ClockPause", (market, stop) => market.PauseAsync(stop))
            .WithMarket("market-resume", "Resume the market", "PlayCircle", (market, stop) => market.ResumeAsync(stop))
            .WithMarket("market-double", "Double the rate", "ArrowTrendingLines", (market, stop) => ScaleAsync(market, 2, stop))
            .WithMarket("market-halve", "Halve the rate", "ArrowTrendingDown", (market, stop) => ScaleAsync(market, 0.5, stop));
    }

    /// <summary>Looks at everything at once.</summary>
    public static IResourceBuilder<ProjectResource> WithVerifyCommand(this IResourceBuilder<ProjectResource> verifier) => verifier.WithMarkdown(
        "verify", "Verify now", "CheckmarkCircle", async (services, stop) =>
        {
            LabReport report = await services.GetRequiredService<VerifierClient>().LookAsync(stop);
            await services.GetRequiredService<VerdictDisplay>().ShowAsync(report);
            StringBuilder text = new();
            text.Append(CultureInfo.InvariantCulture, $"**{report.Checks.Count(c => c.Outcome == Outcome.Ok)} of {report.Checks.Count} ok**, {report.NotPossibleHere.Count} not possible here\n\n| verdict | check | found |\n|---|---|---|\n");
            foreach (Verdict v in report.Checks.OrderBy(c => c.Outcome == Outcome.Ok))
                text.Append(CultureInfo.InvariantCulture, $"| {v.Outcome.ToString().ToLowerInvariant()} | {v.Id} | {v.Actual ?? v.Because}{(v.CausedBy is null ? "" : $" (follows from {v.CausedBy})")} |\n");
            return text.ToString();
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
            async context =>
            {
                try
                {
                    MarketState state = await execute(context.Services.GetRequiredService<MarketClient>(), context.CancellationToken);
                    return CommandResults.Success($"The market is {(state.Paused ? "paused" : $"at {state.OrdersPerSecond} orders per second")}.");
                }
                catch (Exception failed) when (failed is HttpRequestException or InvalidOperationException or IOException)
                {
                    return CommandResults.Failure(failed.Message);
                }
            },
            new CommandOptions { IconName = icon, UpdateState = OnlyRunning });

    private static string Topics(ClusterState state)
    {
        StringBuilder text = new("| partition | leader | replicas | in sync |\n|---|---|---|---|\n");
        foreach (PartitionState p in state.Partitions.OrderBy(p => p.Name, StringComparer.Ordinal))
            text.Append(CultureInfo.InvariantCulture, $"| {p.Name} | {(p.Leader is { } leader ? leader : "none")} | {string.Join(", ", p.Replicas)} | {string.Join(", ", p.InSync)}{(p.IsUnderReplicated ? " **under-replicated**" : "")} |\n");
        return state.Partitions.Count == 0 ? "There is no topic yet." : text.ToString();
    }

    private static IResourceBuilder<T> WithMarkdown<T>(this IResourceBuilder<T> resource, string name, string displayName, string icon, Func<CancellationToken, Task<string>> make)
        where T : IResource => resource.WithMarkdown(name, displayName, icon, (_, stop) => make(stop));

    private static IResourceBuilder<T> WithMarkdown<T>(this IResourceBuilder<T> resource, string name, string displayName, string icon, Func<IServiceProvider, CancellationToken, Task<string>> make)
        where T : IResource => resource.WithCommand(
        name,
        displayName,
        async context =>
        {
            try
            {
                string text = await make(context.Services, context.CancellationToken);
                return CommandResults.Success(displayName, text, CommandResultFormat.Markdown, displayImmediately: true);
            }
            catch (Exception failed) when (failed is VerifierException or IOException or System.Net.Sockets.SocketException or ZooKeeperException)
            {
                return CommandResults.Failure(failed.Message);
            }
        },
        new CommandOptions { IconName = icon, IsHighlighted = name == "connect" });

    private static ResourceCommandState OnlyRunning(UpdateCommandStateContext context) =>
        context.ResourceSnapshot.State?.Text == KnownResourceStates.Running ? ResourceCommandState.Enabled : ResourceCommandState.Disabled;
}
