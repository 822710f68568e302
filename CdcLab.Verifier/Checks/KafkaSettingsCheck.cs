using CdcLab.Model;
using CdcLab.Model.Live;
using CdcLab.Verifier.Sources;

namespace CdcLab.Verifier.Checks;

/// <summary>Every setting that the model gives to all brokers is what each running broker tells.</summary>
/// <param name="model">The settings.</param>
/// <param name="brokers">The brokers' settings as they run.</param>
public sealed class KafkaSettingsCheck(LabModel model, BrokerSettingsSource brokers) : ICheck
{
    private readonly Promise _settings = new(
        "kafka.settings",
        ResourceNames.Kafka,
        string.Join(", ", model.Kafka.Settings.Select(s => $"{s.Variable}={s.Expected}")),
        "The running values count, not the intended ones: Kafka's own defaults promise less.");

    /// <inheritdoc/>
    public IReadOnlyList<Promise> Promises => [_settings];

    /// <inheritdoc/>
    public async Task<IReadOnlyList<Verdict>> LookAsync(CancellationToken cancellationToken)
    {
        IReadOnlyList<BrokerSettings> running = await brokers.SeeAsync(cancellationToken);
        List<(KafkaBroker Broker, ServerSetting Setting, string Actual)> wrong =
        [
            .. from broker in running
               where broker.Answered
               from setting in model.Kafka.Settings
               let actual = broker.Values!.GetValueOrDefault(setting.Variable, "not known to it")
               where actual != setting.Expected
               select (broker.Broker, setting, actual),
        ];
        if (wrong.Count > 0)
        {
            (KafkaBroker broker, ServerSetting setting, _) = wrong[0];
            return
            [
                _settings.Failed(
                    string.Join("; ", wrong.Select(w => $"{w.Broker.Name} has {w.Setting.Variable}={w.Actual}, not {w.Setting.Expected}")),
                    $"Start {broker.Name} again with {setting.Name}={setting.Value}: {setting.Because}."),
            ];
        }

        if (running.FirstOrDefault(b => !b.Answered) is { } silent)
            return [_settings.Unknown($"Not every broker could be asked: {silent.WhyNot}.", Unreachable.Start(silent.Broker.Name))];
        return [_settings.Ok($"all {model.Kafka.Settings.Count} settings as expected on {running.Count} brokers")];
    }
}
