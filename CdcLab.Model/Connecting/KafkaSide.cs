namespace CdcLab.Model.Connecting;

/// <summary>One side of the cluster: the addresses that it tells its clients.</summary>
/// <param name="BootstrapServers">For <c>bootstrap.servers</c>.</param>
/// <param name="Legacy">Whether clients must be told the brokers' version: before 0.10 they cannot ask.</param>
public sealed record KafkaSide(string BootstrapServers, bool Legacy)
{
    private string Kcat => "kcat" + (Legacy ? " -X api.version.request=false -X broker.version.fallback=0.9.0.1" : "") + $" -b {BootstrapServers}";

    /// <summary>kcat's command line that lists brokers, topics and their in-sync replicas.</summary>
    public string ListTopics => $"{Kcat} -L";

    /// <summary>kcat's command line that shows the verifier's probe messages arrive.</summary>
    public string ReadProbe => $"{Kcat} -C -t cdclab.probe -o end -f 'partition %p, offset %o, %S bytes\\n'";
}
