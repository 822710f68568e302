using CdcLab.Model;
using CdcLab.Model.Live;
using CdcLab.Runtime.Standalone.Data;
using CdcLab.Runtime.Standalone.Fetching;
using CdcLab.Runtime.Standalone.Memory;

namespace CdcLab.Runtime.Standalone.Servers;

/// <summary>The servers as plain processes, from programs that are found or fetched.</summary>
internal sealed class EmbeddedRuntime(LabPlan plan, LabSecrets secrets, RunFile runFile, ILabEvents events) : ServerRuntime
{
    private MySqlInstallation? _mySql;
    private JavaInstallation? _java;
    private KafkaInstallation? _kafka;
    private MemoryCaps? _caps;

    public override LabAbilities Abilities => new(
        "embedded",
        $"MySQL {_mySql!.Version}",
        $"Kafka {_kafka!.ShownVersion}",
        _caps!.Enforced,
        [
            new("kafka-ui", "Kafka UI comes as a container image only; it is not in the embedded runtime"),
            .. _kafka.Edition.NotPossibleHere,
            .. _caps.Enforced ? Array.Empty<NotPossible>() : [new NotPossible("memory.caps", $"cap not enforced: {_caps.Description}")],
        ])
    {
        KafkaClientSettings = _kafka.Edition.ClientSettings,
    };

    public override string Description =>
        $"MySQL {_mySql!.Version} ({_mySql.Origin}), Kafka {_kafka!.ShownVersion} ({_kafka.Origin}), Java {_java!.MajorVersion} ({_java.Origin}); memory caps {(_caps!.Enforced ? _caps.Description : "NOT enforced: " + _caps.Description)}.";

    public override async Task<Stamp> PrepareAsync(Stamp stamp, CancellationToken cancellationToken)
    {
        using CancellationTokenSource fetching = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Installations found = Installations.Find(plan.Options, stamp.KafkaSeries, events, fetching.Token);
        await FirstFailure.OfAllAsync([found.MySql, found.Java, found.Kafka], fetching);
        (_mySql, _java, _kafka) = (await found.MySql, await found.Java, await found.Kafka);
        Stamp admitted = stamp.Admit(plan.Directory, _mySql.Version, _kafka.Version);
        _caps = MemoryCaps.Choose(plan.Directory.Id);
        runFile.RunsIn(_caps.Folder);
        return admitted;
    }

    public override IReadOnlyList<RunnableServer> Servers()
    {
        LabModel model = plan.Model;
        JavaLaunch java = new(_java!, _kafka!, plan.Directory);
        OneShot initialization = new("initialization", "The initialization of MySQL", plan.Directory, runFile);
        OneShot topics = new("topics", "Kafka's TopicCommand", plan.Directory, runFile);
        IEnumerable<EmbeddedServer> servers =
        [
            new EmbeddedMySql(model.MySql, _mySql!, plan.Directory, secrets, initialization.RunAsync),
            new EmbeddedZooKeeper(model.ZooKeeper, java, plan.Directory, stop => java.Kafka.Edition.BeforeBrokersAsync(model, java, topics.RunAsync, stop)),
            .. model.Kafka.Brokers.Select(b => new EmbeddedBroker(b, model.ZooKeeper, plan.Options.Kafka.SessionTimeout, java, plan.Directory)),
        ];
        return [.. servers.Select(s => new ProcessServer(s, _caps!, runFile, plan.Directory))];
    }

    public override string? ClusterId() => Data.ClusterId.Read(plan.Directory, plan.Model.Kafka.Brokers[0]);

    public override Task RemoveAsync()
    {
        _caps?.Remove();
        return Task.CompletedTask;
    }
}
