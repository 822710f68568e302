namespace CdcLab.Verifier.Checks;

/// <summary>One broker answers a client on its EXTERNAL listener.</summary>
internal sealed class BrokerAnswersCheck(VerifiedLab lab, BrokerAddresses broker) : ICheck
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(2);

    private readonly Promise _answers = new(
        $"{broker.Name}.answers",
        broker.Name,
        $"answers on {broker.External}",
        "Every broker carries a copy of the log.");

    public IReadOnlyList<Promise> Promises => [_answers];

    public async Task<IReadOnlyList<Verdict>> LookAsync(CancellationToken cancellationToken)
    {
        using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        end.CancelAfter(Limit);
        try
        {
            await BrokerPing.AskAsync(Loopback.Reach(lab.Options.BindAddress), lab.Ports.External(broker.Id), end.Token);
            return [_answers.Ok($"answers on {broker.External}")];
        }
        catch (Exception e) when (Unreachable.Is(e))
        {
            return [_answers.Failed($"{broker.Name} {Unreachable.Words(e)}", Unreachable.Start(broker.Name))];
        }
    }
}
