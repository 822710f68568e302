using CdcLab.Model;
using CdcLab.Runtime.Convergence;
using CdcLab.Runtime.Standalone.Data;

namespace CdcLab.Runtime.Engine.Probes;

/// <summary>How one server in a container is asked, from outside: a check that starts a Java process inside would take the server's own memory.</summary>
internal abstract class ContainerProbe
{
    /// <summary>The probe of a server.</summary>
    /// <param name="resource">The server.</param>
    /// <param name="model">Its lab.</param>
    /// <param name="secrets">The lab's passwords.</param>
    /// <param name="mySqlFinished">The folder that says that MySQL's data is whole.</param>
    public static ContainerProbe Of(LabResource resource, LabModel model, LabSecrets secrets, string mySqlFinished) => resource switch
    {
        MySqlResource mySql => new MySqlProbe(new MySqlRoot(mySql.Port, secrets.Root, secrets.Debezium, secrets.Simulator), mySqlFinished),
        ZooKeeperResource zooKeeper => new ZooKeeperProbe(zooKeeper),
        KafkaBroker broker => new BrokerProbe(broker, model.ZooKeeper, model.Options.Kafka.SessionTimeout),
        KafkaUiResource ui => new KafkaUiProbe(ui),
        _ => throw new ArgumentOutOfRangeException(nameof(resource), resource.Name, "Not a server of the model."),
    };

    /// <summary>What must be so before it is launched.</summary>
    /// <param name="cancellationToken">Gives it up.</param>
    public virtual Task BeforeLaunchAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Asks it; any exception says that it does not answer.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The version that it tells; null where it tells none.</returns>
    public abstract Task<string?> AskAsync(CancellationToken cancellationToken);

    /// <summary>What is brought about between its first answer and the start of what waits for it.</summary>
    /// <param name="cancellationToken">Gives it up.</param>
    /// <returns>One line for each change.</returns>
    public virtual Task<IReadOnlyList<string>> ConvergeAsync(CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<string>>([]);

    /// <summary>The address at which this machine reaches what is published on another.</summary>
    protected static string Reach(string bindAddress) => bindAddress == "0.0.0.0" ? "127.0.0.1" : bindAddress;
}
