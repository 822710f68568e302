namespace CdcLab.Verifier.Checks;

/// <summary>Every setting that the model gives to all brokers is what each running broker tells.</summary>
internal sealed class KafkaSettingsCheck(VerifiedLab lab, BrokerSettingsSource brokers) : ICheck
{
    private readonly (ServerSetting Setting, Promise Promise)[] _settings =
        [.. lab.BrokerSettings.Select(s => (s, new Promise($"kafka.setting.{s.Name}", ResourceNames.Kafka, $"{s.Expected} on every broker", s.Because)))];

    public IReadOnlyList<Promise> Promises => [.. _settings.Select(s => s.Promise)];

    public async Task<IReadOnlyList<Verdict>> LookAsync(CancellationToken cancellationToken)
    {
        IReadOnlyList<BrokerSettings> running = await brokers.SeeAsync(cancellationToken);
        return [.. _settings.Select(s => Judge(s.Setting, s.Promise, running))];
    }

    private static Verdict Judge(ServerSetting setting, Promise promise, IReadOnlyList<BrokerSettings> running)
    {
        (string Broker, string Value)[] found = [.. running.Where(b => b.Answered).Select(b => (b.Broker.Name, b.Values!.GetValueOrDefault(setting.Variable, "not known to it")))];
        (string Broker, string Value)[] wrong = [.. found.Where(f => f.Value != setting.Expected)];
        if (wrong.Length > 0)
            return promise.Failed(string.Join("; ", wrong.Select(w => $"{w.Broker} has {w.Value}")), $"Run `aspire resource {wrong[0].Broker} restart`: the lab starts it with {setting.Name}={setting.Value}.", needs: []);
        return running.FirstOrDefault(b => !b.Answered) is { } silent
            ? promise.Unknown($"Not every broker could be asked: {silent.WhyNot}.", Unreachable.Start(silent.Broker.Name), [silent.Broker.Name])
            : promise.Ok(found.Length == 0 ? setting.Expected : found[0].Value);
    }
}
