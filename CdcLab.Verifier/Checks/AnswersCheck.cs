using System.Net.Sockets;
using Confluent.Kafka;
using Dapper;
using MySqlConnector;

namespace CdcLab.Verifier.Checks;

/// <summary>One server answers. No answer is what this check finds, so it fails where others are unknown; what else it judges is unknown then.</summary>
internal abstract class AnswersCheck(Promise answers, params Promise[] others) : ICheck
{
    protected const string ByState = "start, resume or restart, by its state";

    // Below the runner's limit.
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(2);

    public IReadOnlyList<Promise> Promises => [answers, .. others];

    public virtual TimeSpan? Every => null;

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
            return Silent($"{answers.Resource} {Unreachable.Words(e)}", Unreachable.Restart(answers.Resource));
        }
    }

    protected abstract Task<IReadOnlyList<Verdict>> AskAsync(CancellationToken cancellationToken);

    /// <summary>The checks that explain silence where they failed.</summary>
    protected virtual IReadOnlyList<string> Follows => [];

    private IReadOnlyList<Verdict> Silent(string found, string fix) => [answers.Failed(found, fix) with { Follows = Follows }, .. others.Select(o => o.Unknown($"{found}.", fix))];
}

internal sealed class MySqlAnswersCheck(MySqlAccess access) : AnswersCheck(
    new("mysql.answers", ResourceNames.MySql, $"a login and a query within {Limit.TotalSeconds:0} s", "everything starts from its binlog")
    {
        How = "a new login as debezium, and SELECT VERSION()",
        Remedy = "start, resume or restart, by the state of mysql; where MySQL refuses the login, what takes the refusal away",
        Source = "specification, 2.2",
    })
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
    "Without it no broker can join, no leader and no in-sync set can change.")
{
    How = "the four-letter word srvr",
    Remedy = ByState,
    Source = "ZooKeeper Administrator's Guide, \"The Four Letter Words\"",
})
{
    protected override async Task<IReadOnlyList<Verdict>> AskAsync(CancellationToken cancellationToken)
    {
        string answer = await FourLetterWords.AskAsync(VerifiedLab.Loopback, lab.Ports.ZooKeeper, "srvr", cancellationToken);
        string mode = answer.Split('\n').FirstOrDefault(l => l.StartsWith("Mode: ", StringComparison.Ordinal))?[6..].Trim() ?? "mode not told";
        return [Promises[0].Ok($"answers: version {FourLetterWords.Version(answer)}, {mode}")];
    }
}

internal sealed class BrokerAnswersCheck(VerifiedLab lab, BrokerAddresses broker, ClusterSource cluster) : AnswersCheck(
    new($"{broker.Name}.answers", broker.Name, $"answers on {broker.External}", "Every broker carries a copy of the log.")
    {
        How = "a Metadata request on its EXTERNAL listener, to this broker alone",
        Remedy = ByState,
        Source = "specification, 3: two listeners each",
    })
{
    // Either keeps clients out of a broker that is well.
    protected override IReadOnlyList<string> Follows =>
    [
        "kafka.quotas",
        .. cluster.Last?.KeepingOut.Any(s => s.Broker is null || s.Broker == broker.Id) == true ? ["kafka.dynamic_settings"] : Array.Empty<string>(),
    ];

    protected override async Task<IReadOnlyList<Verdict>> AskAsync(CancellationToken cancellationToken)
    {
        await BrokerPing.AskAsync(lab.ReachAddress, lab.Ports.External(broker.Id), cancellationToken);
        return [Promises[0].Ok($"answers on {broker.External}")];
    }
}

/// <summary>Kafka UI says that it is ready and, unless it was opened on purpose, shows nothing without its login.</summary>
internal sealed class KafkaUiCheck(VerifiedLab lab) : AnswersCheck(
    new("kafka-ui.answers", ResourceNames.KafkaUi, $"answers /actuator/health at port {lab.Ports.KafkaUi}", "It shows brokers, topics and messages to people.")
    {
        How = "GET /actuator/health",
        Remedy = ByState,
        Source = "specification, 3: Kafka UI in a browser",
    },
    lab.Options.KafkaUi.Open ? [] : [Login])
{
    private static readonly Promise Login = new(
        "kafka-ui.login",
        ResourceNames.KafkaUi,
        "shows nothing of the cluster without its login",
        "The page may be shown to others through a tunnel, which comes from this machine itself.")
    {
        How = "GET /api/clusters without a login must be refused",
        Remedy = "an image that heeds AUTH_TYPE=LOGIN_FORM, or Lab:KafkaUi:Open=true on purpose",
        Source = "specification, 3: read-only and behind a generated login",
    };

    // A redirection is an answer here: that to the login.
    private static readonly HttpClient Http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false });

    private readonly Uri _page = new UriBuilder(Uri.UriSchemeHttp, lab.ReachAddress, lab.Ports.KafkaUi).Uri;

    protected override async Task<IReadOnlyList<Verdict>> AskAsync(CancellationToken cancellationToken)
    {
        using HttpResponseMessage health = await Http.GetAsync(new Uri(_page, "actuator/health"), cancellationToken);
        string status = $"answers with HTTP {(int)health.StatusCode}";
        Verdict answers = health.IsSuccessStatusCode ? Promises[0].Ok("answers") : Promises[0].Failed(status, "See its log.");
        if (lab.Options.KafkaUi.Open)
            return [answers];
        using HttpResponseMessage clusters = await Http.GetAsync(new Uri(_page, "api/clusters"), cancellationToken);
        const string Fix = "Use an image that heeds AUTH_TYPE=LOGIN_FORM, or open it on purpose with Lab:KafkaUi:Open=true.";
        return clusters.IsSuccessStatusCode
            ? [answers, Login.Failed("/api/clusters is answered to anybody", Fix)]
            : [answers, Login.Ok($"/api/clusters is refused with HTTP {(int)clusters.StatusCode}")];
    }
}

/// <summary>Words for a server that could not be asked: never a type's name, never a stack.</summary>
internal static class Unreachable
{
    /// <summary>Whether this exception means that a server did not answer, or not properly: something to tell, not a fault of ours.</summary>
    public static bool Is(Exception exception) =>
        exception is SocketException or IOException or InvalidDataException or TimeoutException or OperationCanceledException or KafkaException or HttpRequestException;

    /// <summary>The end of a sentence that begins with the server's name.</summary>
    public static string Words(Exception exception) => exception switch
    {
        SocketException { SocketErrorCode: SocketError.ConnectionRefused } => "refused the connection: nothing listens there",
        SocketException or EndOfStreamException or IOException => "broke the connection off",
        TimeoutException or OperationCanceledException => "did not answer in time",
        KafkaException { Error.Code: ErrorCode.Local_TimedOut or ErrorCode.Local_Transport or ErrorCode.Local_AllBrokersDown } => "did not answer in time",
        KafkaException e => $"answered: {e.Error.Reason}",
        HttpRequestException { InnerException: SocketException inner } => Words(inner),
        HttpRequestException { StatusCode: { } status } => $"answered with HTTP {(int)status}",
        HttpRequestException => "broke the connection off",
        _ => $"did not answer as expected: {exception.Message.Split('\n', 2)[0].TrimEnd()}",
    };

    /// <summary>The verdict where brokers could not be asked; null where all could.</summary>
    public static Verdict? Silent(Promise promise, IReadOnlyList<(string Name, string? WhyNot)> silent)
    {
        string[] names = [.. silent.Select(s => s.Name)];
        string because = $"Not every broker could be asked: {string.Join("; ", silent.Select(s => s.WhyNot))}.";
        return names.Length == 0 ? null : promise.Unknown(because, Restart(names), names);
    }

    /// <summary>What to do about servers that run and do not answer. What is known of one that has ended or is paused, its own headline says (<see cref="Causes"/>).</summary>
    public static string Restart(params IReadOnlyList<string> resources) =>
        $"Wait half a minute: a server that has just started or was resumed comes back by itself. If it does not, run {string.Join(", ", resources.Select(r => $"`aspire resource {r} restart`"))};"
        + $" {(resources.Count == 1 ? "its log says" : "their logs say")} why.";
}
