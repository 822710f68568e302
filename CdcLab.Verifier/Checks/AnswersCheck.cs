using Dapper;
using MySqlConnector;

namespace CdcLab.Verifier.Checks;

/// <summary>One server answers. No answer is what this check finds, so it fails where others are unknown; what else it judges is unknown then.</summary>
internal abstract class AnswersCheck(Promise answers, params Promise[] others) : ICheck
{
    // Below the runner's limit.
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(2);

    public IReadOnlyList<Promise> Promises => [answers, .. others];

    public async Task<IReadOnlyList<Verdict>> LookAsync(CancellationToken cancellationToken)
    {
        using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        end.CancelAfter(Limit);
        try
        {
            // The wait ends in time whatever the connection does: a login at MySQL heeds no cancellation. What is left behind ends by its own limits.
            return await AskAsync(end.Token).WaitAsync(Limit + TimeSpan.FromMilliseconds(500), cancellationToken);
        }
        catch (CannotLookException e)
        {
            return Silent(e.Message.TrimEnd('.'), e.Fix);
        }
        catch (Exception e) when (Unreachable.Is(e) || e is MySqlException)
        {
            return Silent($"{answers.Resource} {Unreachable.Words(e)}", Unreachable.Start(answers.Resource));
        }
    }

    protected abstract Task<IReadOnlyList<Verdict>> AskAsync(CancellationToken cancellationToken);

    private IReadOnlyList<Verdict> Silent(string found, string fix) => [answers.Failed(found, fix), .. others.Select(o => o.Unknown($"{found}.", fix))];
}

internal sealed class MySqlAnswersCheck(MySqlAccess access) : AnswersCheck(
    new("mysql.answers", ResourceNames.MySql, $"a login and a query within {Limit.TotalSeconds:0} s", "everything starts from its binlog"))
{
    protected override async Task<IReadOnlyList<Verdict>> AskAsync(CancellationToken cancellationToken)
    {
        long start = Stopwatch.GetTimestamp();
        await using MySqlConnection connection = await access.LogInAsync(cancellationToken);
        string? version = await connection.ExecuteScalarAsync<string>(new CommandDefinition("SELECT VERSION()", cancellationToken: cancellationToken));
        return [Promises[0].Ok($"MySQL {version}, in {Stopwatch.GetElapsedTime(start).TotalMilliseconds:0.0} ms")];
    }
}

internal sealed class ZooKeeperAnswersCheck(VerifiedLab lab) : AnswersCheck(new(
    "zookeeper.answers",
    ResourceNames.ZooKeeper,
    $"answers srvr at {VerifiedLab.Loopback}:{lab.Ports.ZooKeeper}",
    "Without it no broker can join, no leader and no in-sync set can change."))
{
    protected override async Task<IReadOnlyList<Verdict>> AskAsync(CancellationToken cancellationToken)
    {
        string answer = await FourLetterWords.AskAsync(VerifiedLab.Loopback, lab.Ports.ZooKeeper, "srvr", cancellationToken);
        string mode = answer.Split('\n').FirstOrDefault(l => l.StartsWith("Mode: ", StringComparison.Ordinal))?[6..].Trim() ?? "mode not told";
        return [Promises[0].Ok($"answers: version {FourLetterWords.Version(answer)}, {mode}")];
    }
}

/// <summary>One broker answers a client on its EXTERNAL listener.</summary>
internal sealed class BrokerAnswersCheck(VerifiedLab lab, BrokerAddresses broker) : AnswersCheck(
    new($"{broker.Name}.answers", broker.Name, $"answers on {broker.External}", "Every broker carries a copy of the log."))
{
    protected override async Task<IReadOnlyList<Verdict>> AskAsync(CancellationToken cancellationToken)
    {
        await BrokerPing.AskAsync(lab.ReachAddress, lab.Ports.External(broker.Id), cancellationToken);
        return [Promises[0].Ok($"answers on {broker.External}")];
    }
}

/// <summary>Kafka UI says that it is ready and, unless it was opened on purpose, shows nothing without its login.</summary>
internal sealed class KafkaUiCheck(VerifiedLab lab) : AnswersCheck(
    new("kafka-ui.answers", ResourceNames.KafkaUi, $"answers /actuator/health at port {lab.Ports.KafkaUi}", "It shows brokers, topics and messages to people."),
    lab.Options.KafkaUi.Open ? [] : [Login])
{
    private static readonly Promise Login = new(
        "kafka-ui.login",
        ResourceNames.KafkaUi,
        "shows nothing of the cluster without its login",
        "The page may be shown to others through a tunnel, which comes from this machine itself.");

    // A redirection is an answer here: that to the login.
    private static readonly HttpClient Http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false });

    private readonly Uri _page = new UriBuilder(Uri.UriSchemeHttp, lab.ReachAddress, lab.Ports.KafkaUi).Uri;

    protected override async Task<IReadOnlyList<Verdict>> AskAsync(CancellationToken cancellationToken)
    {
        using HttpResponseMessage health = await Http.GetAsync(new Uri(_page, "actuator/health"), cancellationToken);
        Verdict answers = health.IsSuccessStatusCode
            ? Promises[0].Ok("answers")
            : Promises[0].Failed($"answers with HTTP {(int)health.StatusCode}", "See its log.");
        if (lab.Options.KafkaUi.Open)
            return [answers];
        using HttpResponseMessage clusters = await Http.GetAsync(new Uri(_page, "api/clusters"), cancellationToken);
        return
        [
            answers,
            clusters.IsSuccessStatusCode
                ? Login.Failed("/api/clusters is answered to anybody", "Use an image that heeds AUTH_TYPE=LOGIN_FORM, or open it on purpose with Lab:KafkaUi:Open=true.")
                : Login.Ok($"/api/clusters is refused with HTTP {(int)clusters.StatusCode}"),
        ];
    }
}
