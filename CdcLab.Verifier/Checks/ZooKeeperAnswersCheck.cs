namespace CdcLab.Verifier.Checks;

/// <summary>ZooKeeper answers the four-letter word <c>srvr</c>.</summary>
internal sealed class ZooKeeperAnswersCheck(VerifiedLab lab) : ICheck
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(2);

    private readonly Promise _answers = new(
        "zookeeper.answers",
        ResourceNames.ZooKeeper,
        $"answers srvr at {Loopback.Address}:{lab.Ports.ZooKeeper}",
        "Without it no broker can join, no leader and no in-sync set can change.");

    public IReadOnlyList<Promise> Promises => [_answers];

    public async Task<IReadOnlyList<Verdict>> LookAsync(CancellationToken cancellationToken)
    {
        using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        end.CancelAfter(Limit);
        try
        {
            string answer = await FourLetterWords.AskAsync(Loopback.Address, lab.Ports.ZooKeeper, "srvr", end.Token);
            string mode = answer.Split('\n').FirstOrDefault(l => l.StartsWith("Mode: ", StringComparison.Ordinal))?[6..].Trim() ?? "mode not told";
            return [_answers.Ok($"answers: version {FourLetterWords.Version(answer)}, {mode}")];
        }
        catch (Exception e) when (Unreachable.Is(e))
        {
            return [_answers.Failed($"ZooKeeper {Unreachable.Words(e)}", Unreachable.Start(ResourceNames.ZooKeeper))];
        }
    }
}
