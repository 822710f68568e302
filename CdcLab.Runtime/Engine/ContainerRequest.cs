using System.Globalization;
using CdcLab.Model.Containers;
using Docker.DotNet.Models;
using ContainerSpec = CdcLab.Model.Containers.ContainerSpec;

namespace CdcLab.Runtime.Engine;

/// <summary>What the engine is asked to make of a container of the model.</summary>
internal static class ContainerRequest
{
    /// <summary>The request.</summary>
    /// <param name="spec">The container.</param>
    /// <param name="lab">Its lab.</param>
    /// <param name="secret">Looks a secret up.</param>
    public static CreateContainerParameters Of(ContainerSpec spec, LabIdentity lab, Func<ContainerSecret, string> secret) => new()
    {
        Name = lab.Container(spec.Resource.Name),
        Image = spec.Image,
        Hostname = spec.Resource.Name,
        Cmd = [.. spec.Arguments],
        Env = [.. Environment(spec, secret).Select(v => $"{v.Key}={v.Value}")],
        Labels = lab.Labels(spec.Resource.Name),
        ExposedPorts = spec.Ports.Select(p => p.Inside).Distinct().ToDictionary(Port, _ => default(EmptyStruct), StringComparer.Ordinal),
        // An engine that is stopped while the lab runs stops its containers with it: let it be as patient as we are.
        StopTimeout = spec.Resource.StopGrace,
        HostConfig = new()
        {
            NetworkMode = lab.Network,
            Binds = [.. spec.Volumes.Select(v => $"{lab.Volume(v.Name)}:{v.Path}")],
            PortBindings = spec.Ports.GroupBy(p => p.Inside).ToDictionary(
                p => Port(p.Key),
                p => (IList<PortBinding>)[.. p.Select(b => new PortBinding { HostIP = b.BindAddress, HostPort = Number(b.Outside) })],
                StringComparer.Ordinal),
            Memory = spec.MemoryBytes,
            // Memory and swap together: without it a container may swap as much again.
            MemorySwap = spec.MemoryBytes,
            LogConfig = new()
            {
                Type = "json-file",
                Config = new Dictionary<string, string>(StringComparer.Ordinal) { ["max-size"] = ContainerSpec.LogMaxSize, ["max-file"] = ContainerSpec.LogMaxFiles },
            },
        },
        NetworkingConfig = new()
        {
            EndpointsConfig = new Dictionary<string, EndpointSettings>(StringComparer.Ordinal) { [lab.Network] = new() { Aliases = [spec.Resource.Name] } },
        },
    };

    /// <summary>Every variable, secrets included.</summary>
    public static IEnumerable<KeyValuePair<string, string>> Environment(ContainerSpec spec, Func<ContainerSecret, string> secret) =>
        spec.Environment.Concat(spec.Secrets.Select(s => KeyValuePair.Create(s.Key, secret(s.Value))));

    private static string Port(int inside) => Number(inside) + "/tcp";

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}
