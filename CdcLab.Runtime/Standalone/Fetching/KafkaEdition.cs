using CdcLab.Model;
using CdcLab.Model.Live;
using CdcLab.Runtime.Standalone.Processes;
using CdcLab.Runtime.Standalone.Servers;

namespace CdcLab.Runtime.Standalone.Fetching;

/// <summary>What depends on which Kafka runs. This one is every Kafka that can do all that the model asks for; another says what differs.</summary>
internal class KafkaEdition
{
    /// <summary>A Kafka that does all that the model asks for.</summary>
    public static KafkaEdition Whole { get; } = new();

    /// <summary>What is put behind the version wherever it is shown; empty for none.</summary>
    public virtual string Remark => "";

    /// <summary>What every client needs (<see cref="LabAbilities.KafkaClientSettings"/>).</summary>
    public virtual IReadOnlyDictionary<string, string> ClientSettings => LabAbilities.NoSettings;

    /// <summary>What it cannot show.</summary>
    public virtual IReadOnlyList<NotPossible> NotPossibleHere => [];

    /// <summary>The settings with which a broker is started.</summary>
    public virtual IEnumerable<ServerSetting> BrokerSettings(KafkaBroker broker) => broker.Settings;

    /// <summary>Brings about what must be there before a broker starts, when ZooKeeper has answered.</summary>
    /// <param name="model">The lab.</param>
    /// <param name="java">Starts tools of the distribution.</param>
    /// <param name="runOnce">Runs a tool to its end.</param>
    /// <param name="cancellationToken">Gives it up.</param>
    /// <returns>One line for each change that was made.</returns>
    public virtual Task<IReadOnlyList<string>> BeforeBrokersAsync(LabModel model, JavaLaunch java, Func<LaunchSpec, CancellationToken, Task> runOnce, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<string>>([]);
}
