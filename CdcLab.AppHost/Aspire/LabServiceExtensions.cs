using CdcLab.Model;
using CdcLab.Model.Live;

namespace CdcLab.AppHost.Aspire;

/// <summary>What both services have, from their resource in the model.</summary>
internal static class LabServiceExtensions
{
    public const string EndpointName = "http";

    /// <summary>Fixed port, health, and the handover: the same <c>Lab__*</c> variables that the standalone host hands them.</summary>
    /// <param name="service">The service.</param>
    /// <param name="resource">What it is.</param>
    /// <param name="values">The lab.</param>
    /// <param name="token">The bearer token.</param>
    /// <returns>The service.</returns>
    public static IResourceBuilder<ProjectResource> AsInModel(this IResourceBuilder<ProjectResource> service, ServiceResource resource, LabValues values, IResourceBuilder<ParameterResource> token)
    {
        ServiceHandover handover = new() { Options = values.Model.Options, Ports = values.Model.Ports, Abilities = values.Abilities, Token = "", DataDirectory = values.DataDirectory };
        foreach ((string name, string value) in handover.ToVariables())
            service.WithEnvironment(name, value);

        // They listen on plain HTTP on loopback; and for what could have a certificate, Aspire warns on every machine that has none.
#pragma warning disable ASPIRECERTIFICATES001
        service.WithoutHttpsCertificate();
#pragma warning restore ASPIRECERTIFICATES001
        return service
            .WithEnvironment("Lab__Token", token)
            // The dashboard ends before the services do; without it a last flush would hang for the exporter's ten seconds.
            .WithEnvironment("OTEL_EXPORTER_OTLP_TIMEOUT", "1000")
            .WithHttpEndpoint(port: resource.Port, name: EndpointName, isProxied: false)
            .WithEndpoint(EndpointName, endpoint => endpoint.TargetHost = resource.Ports[0].BindAddress)
            // It listens where the handover says, and would warn of every other address.
            .WithEndpointsInEnvironment(_ => false)
            .WithHttpHealthCheck("/health", endpointName: EndpointName);
    }
}
