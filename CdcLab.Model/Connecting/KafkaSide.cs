namespace CdcLab.Model.Connecting;

/// <summary>One side of the cluster: the addresses that it tells its clients.</summary>
/// <param name="BootstrapServers">For <c>bootstrap.servers</c>.</param>
/// <param name="ClientSettings">librdkafka's settings that every client needs: before 0.10 a Kafka cannot tell its version.</param>
public sealed record KafkaSide(string BootstrapServers, IReadOnlyDictionary<string, string> ClientSettings)
{
    private string Kcat => $"kcat{string.Concat(ClientSettings.Select(s => $" -X {s.Key}={s.Value}"))} -b {BootstrapServers}";

    /// <summary>kcat's command line that lists brokers, topics and their in-sync replicas.</summary>
    public string ListTopics => $"{Kcat} -L";

    /// <summary>kcat's command line that shows the verifier's probe messages arrive.</summary>
    public string ReadProbe => $"{Kcat} -C -t {KafkaTopic.ProbeName} -o end -f 'partition %p, offset %o, %S bytes\\n'";
}
