namespace CdcLab.Verifier.Checks;

/// <summary>Kafka UI says that it is ready and, unless it was opened on purpose, shows nothing without its login: one look judges both.</summary>
internal sealed class KafkaUiCheck(VerifiedLab lab) : ICheck
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(2);

    // A redirection is an answer here: that to the login.
    private static readonly HttpClient Http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false });

    private readonly Uri _page = new UriBuilder(Uri.UriSchemeHttp, Loopback.Reach(lab.Options.BindAddress), lab.Ports.KafkaUi).Uri;

    private readonly Promise _answers = new("kafka-ui.answers", ResourceNames.KafkaUi, $"answers /actuator/health at port {lab.Ports.KafkaUi}", "It shows brokers, topics and messages to people.");

    private readonly Promise _login = new("kafka-ui.login", ResourceNames.KafkaUi, "shows nothing of the cluster without its login", "The page may be shown to others through a tunnel, which comes from this machine itself.");

    public IReadOnlyList<Promise> Promises => lab.Options.KafkaUi.Open ? [_answers] : [_answers, _login];

    public async Task<IReadOnlyList<Verdict>> LookAsync(CancellationToken cancellationToken)
    {
        using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        end.CancelAfter(Limit);
        try
        {
            using HttpResponseMessage health = await Http.GetAsync(new Uri(_page, "actuator/health"), end.Token);
            Verdict answers = health.IsSuccessStatusCode ? _answers.Ok("answers") : _answers.Failed($"answers with HTTP {(int)health.StatusCode}", "See its log.");
            return lab.Options.KafkaUi.Open ? [answers] : [answers, await LoginAsync(end.Token)];
        }
        catch (Exception e) when (Unreachable.Is(e))
        {
            string fix = Unreachable.Start(ResourceNames.KafkaUi);
            Verdict silent = _answers.Failed($"Kafka UI {Unreachable.Words(e)}", fix);
            return lab.Options.KafkaUi.Open ? [silent] : [silent, _login.Unknown($"Kafka UI {Unreachable.Words(e)}.", fix)];
        }
    }

    private async Task<Verdict> LoginAsync(CancellationToken cancellationToken)
    {
        using HttpResponseMessage clusters = await Http.GetAsync(new Uri(_page, "api/clusters"), cancellationToken);
        return clusters.IsSuccessStatusCode
            ? _login.Failed("/api/clusters is answered to anybody", "Use an image that heeds AUTH_TYPE=LOGIN_FORM, or open it on purpose with Lab:KafkaUi:Open=true.")
            : _login.Ok($"/api/clusters is refused with HTTP {(int)clusters.StatusCode}");
    }
}
