using System.Net;
using CdcLab.Model.Containers;
using CdcLab.Model.Live;
using CdcLab.Runtime.Engine;
using CdcLab.Runtime.Engine.Probes;
using CdcLab.Runtime.Standalone.Processes;
using CdcLab.Runtime.Standalone.Servers;
using Docker.DotNet;
using Docker.DotNet.Models;
using ContainerSpec = CdcLab.Model.Containers.ContainerSpec;

namespace CdcLab.Runtime.Standalone.Containers;

/// <summary>Runs one server as a container of its image. One that has ended stays until its next launch, so that it can be looked at.</summary>
/// <param name="spec">The container.</param>
/// <param name="lab">Its lab.</param>
/// <param name="engine">The engine.</param>
/// <param name="capEnforced">Whether the engine can cap memory.</param>
/// <param name="secret">Looks a secret up.</param>
/// <param name="probe">How it is asked.</param>
/// <param name="engineLost">Told when the engine does not answer any more.</param>
internal sealed class ContainerServer(ContainerSpec spec, LabIdentity lab, ContainerEngine engine, bool capEnforced, Func<ContainerSecret, string> secret, ContainerProbe probe, Action<Exception> engineLost) : RunnableServer(spec.Resource)
{
    public override bool CapEnforced => capEnforced;

    public override async Task<RunningServer> LaunchAsync(ServerLog log, CancellationToken cancellationToken)
    {
        await probe.BeforeLaunchAsync(cancellationToken);
        Details = new()
        {
            Image = spec.Image,
            Arguments = [.. spec.Arguments.Select(a => new LaunchArgument(a))],
            Environment = [.. ContainerRequest.Environment(spec, secret).Select(v => new LaunchVariable(v.Key, v.Value)).OrderBy(v => v.Name, StringComparer.Ordinal)],
            Volume = spec.Volumes is [var first, ..] ? lab.Volume(first.Name) : null,
        };
        try
        {
            await RemoveFormerAsync(cancellationToken);
            CreateContainerParameters request = ContainerRequest.Of(spec, lab, secret);

            // Once it is asked for, it is waited for: a request that is cut off may have made a container that nobody knows.
            string id = await engine.StartAsync(request, CancellationToken.None);
            ContainerInspectResponse? made = await engine.InspectAsync(id, CancellationToken.None);
            return new ContainerRunning(engine, id, made?.State?.Pid ?? 0, spec.MemoryBytes, log, engineLost);
        }
        catch (DockerApiException refused)
        {
            throw new ServerStartException(EngineFaults.NotStarted(Resource.Name, refused, await engine.FreeBytesAsync()));
        }
        catch (Exception silent) when (EngineFaults.IsSilence(silent))
        {
            throw new ServerStartException($"{Resource.Name} cannot be started: {EngineFaults.NoEngine(engine.Endpoint, silent).Message}");
        }
    }

    public override Task<string?> AskAsync(CancellationToken cancellationToken) => probe.AskAsync(cancellationToken);

    public override Task<IReadOnlyList<string>> ConvergeAsync(CancellationToken cancellationToken) => probe.ConvergeAsync(cancellationToken);

    public override async Task<string?> FullDiskAsync(IReadOnlyList<string> lastLines) => EngineFaults.MetFullDisk(Resource.Name, lastLines, await engine.FreeBytesAsync());

    private async Task RemoveFormerAsync(CancellationToken cancellationToken)
    {
        string name = lab.Container(Resource.Name);
        if (await engine.InspectAsync(name, cancellationToken) is not { } former)
            return;
        if (former.Config?.Labels is not { } labels || !labels.TryGetValue(LabIdentity.DirectoryLabel, out string? directory) || directory != lab.DataDirectory)
            throw new DockerApiException(HttpStatusCode.Conflict, $"a container named {name} is there and is not this lab's: remove it ('docker rm -f {name}')");
        await engine.RemoveAsync(former.ID, cancellationToken);
    }
}
