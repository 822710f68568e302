using CdcLab.AppHost.Programs;

namespace Aspire.Hosting;

/// <summary>How a Connect worker runs as a process: a Java class of Connect's own libraries, with the connectors in a folder beside them.</summary>
internal static class ConnectProcess
{
    // Connect 4 needs it; brokers run on an older one.
    private const int LeastJava = 17;

    public static async Task<LaunchCommand> PrepareAsync(ProcessRuntime runtime, string name, KafkaConnectSettings settings, CancellationToken cancellationToken)
    {
        DebeziumProgram debezium = DebeziumProgram.Find(Environment.GetEnvironmentVariable);
        if (runtime.Programs.KnownKafka is { IsLegacy: true } kafka)
            throw new ProgramUnavailableException($"Kafka Connect needs Kafka 2.1 or newer; this is {kafka.Description}.");
        JavaProgram java = await runtime.Programs.JavaAsync(new Progress<FetchProgress>(), cancellationToken);
        if (java.Major < LeastJava)
            throw new ProgramUnavailableException($"Kafka Connect needs Java {LeastJava} or newer; this is Java {java.Major} ({java.Origin}). Set JAVA_HOME to a newer one.");
        return await new JavaServer(runtime, name, java.Path, Path.Combine(debezium.Home, "libs", "*")).LaunchAsync(
            "org.apache.kafka.connect.cli.ConnectDistributed",
            settings.HeapBytes,
            "-XX:+UseSerialGC",
            [
                .. settings.Settings.Select(s => (s.Name, s.Value)),
                ("listeners", $"http://{ServerRuntime.Loopback}:{settings.Port}"),
                ("rest.advertised.host.name", ServerRuntime.Loopback),
                ("plugin.path", Path.Combine(debezium.Home, "plugins")),
            ],
            cancellationToken);
    }
}
