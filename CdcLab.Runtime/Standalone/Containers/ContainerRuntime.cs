using CdcLab.Clients.Kafka;
using CdcLab.Model;
using CdcLab.Model.Containers;
using CdcLab.Model.Live;
using CdcLab.Runtime.Engine;
using CdcLab.Runtime.Engine.Probes;
using CdcLab.Runtime.Standalone.Data;
using CdcLab.Runtime.Standalone.Servers;
using Docker.DotNet;

namespace CdcLab.Runtime.Standalone.Containers;

/// <summary>The servers as containers of the specification's images, on a network of the lab's own, with their data in named volumes.</summary>
internal sealed class ContainerRuntime(LabPlan plan, LabSecrets secrets, ILabEvents events) : ServerRuntime
{
    private static readonly TimeSpan RemovalLimit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan InitializationLimit = TimeSpan.FromMinutes(5);

    private readonly ContainerEngine _engine = ContainerEngine.Find();
    private readonly LabIdentity _lab = LabIdentity.Of(plan.Options.Name, plan.Directory);
    private EngineFacts? _facts;
    private bool _made;
    private int _lost;

    public override LabAbilities Abilities => EngineAbilities.Of(plan.Options, _facts!.EnforcesCaps);

    public override string Description =>
        $"Docker {_facts!.Version}: {plan.Options.MySql.Image}, {plan.Options.ZooKeeper.Image}, {plan.Options.Kafka.Image}, {plan.Options.KafkaUi.Image}; memory caps {(_facts.EnforcesCaps ? "enforced by the engine" : "NOT enforced: the engine has no controller for memory and swap")}.";

    public override async Task<Stamp> PrepareAsync(Stamp stamp, CancellationToken cancellationToken)
    {
        _facts = await _engine.AskAsync(cancellationToken);
        LabParts parts = new(_engine, plan.Directory.Path);
        IReadOnlyList<ContainerSpec> specs = ContainerMapping.Of(plan.Model);
        try
        {
            await parts.FreeNamesAsync([.. specs.Select(s => _lab.Container(s.Resource.Name))], events, cancellationToken);
            foreach (string image in specs.Select(s => s.Image).Distinct(StringComparer.Ordinal))
                await EngineImages.EnsureAsync(_engine, image, events, cancellationToken);
            _made = true;
            // First what another lab may have: where that ends the start, no volume was made.
            await parts.EnsureNetworkAsync(_lab, cancellationToken);
            await new LabVolumes(parts, _lab, plan.Model).EnsureAsync(secrets.Root, cancellationToken);
        }
        catch (DockerApiException refused)
        {
            throw EngineFaults.NotPrepared(refused);
        }
        catch (Exception silent) when (EngineFaults.IsSilence(silent))
        {
            throw EngineFaults.NoEngine(_engine.Endpoint, silent);
        }

        return stamp;
    }

    public override IReadOnlyList<RunnableServer> Servers() =>
        [.. ContainerMapping.Of(plan.Model).Select(Patient).Select(s => new ContainerServer(s, _lab, _engine, _facts!.EnforcesCaps, Secret, Probe(s.Resource), EngineLost))];

    // ZooKeeper has it, and the data of both lies in volumes that are kept or deleted together.
    public override string? ClusterId() => null;

    public override Task<IReadOnlyList<ListenerAnswer>> AskInsideAsync(CancellationToken cancellationToken) =>
        InternalListeners.AskAsync(_engine, _lab, _lab.Network, plan.Model, cancellationToken);

    public override async Task RemoveAsync()
    {
        if (_made)
        {
            using CancellationTokenSource limit = new(RemovalLimit);
            try
            {
                await new LabParts(_engine, plan.Directory.Path).RemoveContainersAsync(limit.Token);
            }
            catch (Exception failed) when (failed is DockerApiException or OperationCanceledException || EngineFaults.IsSilence(failed))
            {
                events.Say($"The containers of this lab could not be removed ({EngineFaults.Words(failed)}): its next start does it, or 'clean'.");
            }
        }

        _engine.Dispose();
    }

    private string FinishedMark => new LabVolumes(new LabParts(_engine, plan.Directory.Path), _lab, plan.Model).FinishedMark;

    // The image makes the database within its first start; a disk that is slow, or a machine that is busy, takes minutes for it.
    private ContainerSpec Patient(ContainerSpec spec) => spec.Resource is MySqlResource mySql && !Directory.Exists(FinishedMark) ? spec with { Resource = mySql with { StartLimit = InitializationLimit } } : spec;

    private ContainerProbe Probe(LabResource resource) => ContainerProbe.Of(resource, plan.Model, secrets, FinishedMark);

    private string Secret(ContainerSecret secret) => secret switch
    {
        ContainerSecret.MySqlRoot => secrets.Root,
        ContainerSecret.KafkaUi => secrets.KafkaUi,
        _ => throw new ArgumentOutOfRangeException(nameof(secret), secret, "Not a secret of a container."),
    };

    // All servers lose it at once; people are told once.
    private void EngineLost(Exception silence)
    {
        if (Interlocked.Exchange(ref _lost, 1) == 0)
            events.Say($"The container engine at {_engine.Endpoint} does not answer any more ({EngineFaults.Words(silence)}): the lab's servers are gone with it, or cannot be seen. When it is back, start them ('start mysql', 'start zookeeper', ...), or start the lab anew.");
    }
}
