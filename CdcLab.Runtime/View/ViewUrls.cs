using System.Globalization;
using CdcLab.Model;
using CdcLab.Model.Schema;

namespace CdcLab.Runtime.View;

/// <summary>The addresses of the resources. A span's peer is found by the host and port of these, so each host and port stands at one resource only. Of tcp the dashboard makes no link: there is no page.</summary>
internal static class ViewUrls
{
    public static IReadOnlyList<UrlView> Of(LabModel model, LabResource resource) => resource switch
    {
        MySqlResource mySql =>
        [
            new("mysql", Address("tcp", mySql.Ports[0], ""), Text(mySql.Ports[0])),
            new("jdbc", new($"jdbc:mysql://{Text(mySql.Ports[0])}/{OrdersSchema.Database}"), $"jdbc:mysql://{Text(mySql.Ports[0])}/{OrdersSchema.Database}"),
        ],
        KafkaBroker broker =>
        [
            new("external", new($"tcp://{broker.ExternalAddress}"), $"{broker.ExternalAddress} (EXTERNAL)"),
            new("internal", new($"tcp://{broker.InternalAddress}"), $"{broker.InternalAddress} (INTERNAL)"),
        ],
        KafkaUiResource page => [new("page", Address("http", page.Ports[0], ""), "Kafka UI")],
        ServiceResource service when service.Name == model.Verifier.Name =>
        [
            new("report", Address("http", service.Ports[0], "v1/report.md"), "report"),
            new("verdicts", Address("http", service.Ports[0], "v1/report"), "verdicts (JSON)"),
        ],
        ServiceResource service => [new("market", Address("http", service.Ports[0], "v1/market"), "market (JSON)")],
        _ => [.. resource.Ports.Select(p => new UrlView(p.Name, Address("tcp", p, ""), Text(p)))],
    };

    // An address with several hosts is none; without the two slashes it is a name, which needs no host.
    public static IReadOnlyList<UrlView> OfCluster(KafkaCluster cluster) =>
        [new("", new($"kafka:{cluster.ExternalBootstrap}"), $"bootstrap {cluster.ExternalBootstrap}")];

    private static string Host(LabPort port) => port.BindAddress == "0.0.0.0" ? "127.0.0.1" : port.BindAddress;

    private static string Text(LabPort port) => string.Create(CultureInfo.InvariantCulture, $"{Host(port)}:{port.Number}");

    private static Uri Address(string scheme, LabPort port, string path) => new($"{scheme}://{Text(port)}/{path}");
}
