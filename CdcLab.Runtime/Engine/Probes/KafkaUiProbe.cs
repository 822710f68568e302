using CdcLab.Model;
using CdcLab.Runtime.Standalone;

namespace CdcLab.Runtime.Engine.Probes;

/// <summary>Kafka UI: its own word that it is ready, and, unless it was opened on purpose, that it shows nothing without a login.</summary>
internal sealed class KafkaUiProbe(KafkaUiResource ui) : ContainerProbe
{
    // A redirection is an answer here: that to the login.
    private static readonly HttpClient Http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false });

    private Uri Page => new UriBuilder(Uri.UriSchemeHttp, Reach(ui.Ports[0].BindAddress), ui.Ports[0].Number).Uri;

    public override async Task<string?> AskAsync(CancellationToken cancellationToken)
    {
        using HttpResponseMessage answer = await Http.GetAsync(new Uri(Page, "actuator/health"), cancellationToken);
        answer.EnsureSuccessStatusCode();
        return null;
    }

    public override async Task<IReadOnlyList<string>> ConvergeAsync(CancellationToken cancellationToken)
    {
        if (ui.Open)
            return [];

        // The page may be shown to others through a tunnel: an image that does not heed the settings of its login must not come up.
        using HttpResponseMessage answer = await Http.GetAsync(new Uri(Page, "api/clusters"), cancellationToken);
        return answer.IsSuccessStatusCode
            ? throw new ServerStartException($"{ui.Name} shows the cluster without a login: its image ({ui.Image}) does not heed AUTH_TYPE=LOGIN_FORM. Use another image (Lab:KafkaUi:Image), or open it on purpose (Lab:KafkaUi:Open=true).")
            : [];
    }
}
