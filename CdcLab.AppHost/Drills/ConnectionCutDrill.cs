using System.Net;
using System.Net.Sockets;
using CdcLab.Model.Drills;
using Confluent.Kafka;

namespace CdcLab.AppHost.Drills;

/// <summary>Clients lose one broker, and the brokers do not lose each other: nobody is thrown out, and writing goes on when the way is free again.</summary>
/// <remarks>A client goes where a broker says that it is. So each broker gets one more listener for the drill, of which it tells clients that it is at a relay.</remarks>
internal sealed class ConnectionCutDrill()
    : Drill("connection-cut", "cuts clients off from a leader for 20 s by a relay, then adds 100 ms to every answer for 10 s")
{
    private const string Listener = "DRILL", Relays = "the relays";
    private static readonly TimeSpan Cut = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Slow = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Added = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);
    // What a broker says of where it can be reached.
    private static readonly string[] Settings = ["listeners", "advertised.listeners", "listener.security.protocol.map"];

    private readonly Dictionary<string, TcpRelay> _relays = new(StringComparer.Ordinal);

    public override string? Refusal(LabOptions lab, bool containers) =>
        containers ? "it needs brokers that run as processes: a container publishes no further port" : base.Refusal(lab, containers);

    public override Prediction Predict(DrillSettings live) => new(
        Cut - TimeSpan.FromSeconds(1),
        Cut + TimeSpan.FromSeconds(10),
        $"clients are cut off for {Cut.TotalSeconds:0} s, and connect again within ten; no leader changes, and nobody leaves an in-sync set",
        [.. Predictions.OfMove, "Local_TimedOut (-185)", "RequestTimedOut (7)"])
    { IsSteady = true };

    public override async Task<DrillRequest> PrepareAsync(DrillScene scene, CancellationToken cancellationToken)
    {
        _relays.Clear();
        await scene.PutAsync(
            "the drill's listeners",
            async () =>
            {
                foreach (BrokerAddresses broker in scene.Brokers)
                    await AddListenerAsync(scene, broker, cancellationToken);
            },
            healing => RemoveListenersAsync(scene, healing));
        return new(Name, Bootstrap: string.Join(',', _relays.Values.Select(r => $"localhost:{r.Port}")));
    }

    public override async Task RunAsync(DrillScene scene, CancellationToken cancellationToken)
    {
        string broker = await scene.BrokerAsync(BrokerRole.Leader, cancellationToken);
        await scene.BreakAsync(broker, "cut clients off from", () => Act(_relays[broker].Cut), _ => Healed(_relays[broker].Heal), cancellationToken);
        await DrillScene.WaitAsync(Cut, cancellationToken);
        await scene.HealAsync(broker, cancellationToken);
        await DrillScene.WaitAsync(Slow, cancellationToken);
        await scene.BreakAsync(
            Relays, $"add {Added.TotalMilliseconds:0} ms at", () => Act(() => SetDelay(Added)), _ => Healed(() => SetDelay(TimeSpan.Zero)), cancellationToken);
        await DrillScene.WaitAsync(Slow, cancellationToken);
        await scene.HealAsync(Relays, cancellationToken);
        await DrillScene.WaitAsync(TimeSpan.FromSeconds(3), cancellationToken);
        await scene.WholeAsync(cancellationToken, preferred: true);
    }

    // Half of it on the way there, half on the way back.
    private void SetDelay(TimeSpan added)
    {
        foreach (TcpRelay relay in _relays.Values)
            relay.Delay = added / 2;
    }

    private async Task AddListenerAsync(DrillScene scene, BrokerAddresses broker, CancellationToken cancellationToken)
    {
        using TcpListener free = new(IPAddress.Loopback, 0);
        free.Start();
        int port = ((IPEndPoint)free.LocalEndpoint).Port;
        free.Stop();
        TcpRelay relay = _relays[broker.Name] = new(port);
        var now = await scene.Admin.BrokerSettingsAsync(broker.Id, Limit, cancellationToken);
        string[] further = [$"{Listener}://127.0.0.1:{port}", $"{Listener}://localhost:{relay.Port}", $"{Listener}:PLAINTEXT"];
        Dictionary<string, string?> changed = Settings.Zip(further).ToDictionary(s => s.First, string? (s) => $"{now[s.First].Value},{s.Second}");
        await scene.Admin.SetBrokerSettingsAsync(broker.Id, changed, Limit, cancellationToken);
    }

    private async Task<string?> RemoveListenersAsync(DrillScene scene, CancellationToken cancellationToken)
    {
        List<string> left = [];
        foreach (BrokerAddresses broker in scene.Brokers)
        {
            try
            {
                await scene.Admin.SetBrokerSettingsAsync(broker.Id, Settings.ToDictionary(s => s, string? (_) => null), Limit, cancellationToken);
            }
            catch (KafkaException e)
            {
                left.Add($"{broker.Name} ({e.Error.Reason})");
            }
        }

        foreach (TcpRelay relay in _relays.Values)
            relay.Dispose();
        _relays.Clear();
        return left.Count == 0 ? null : $"the listener {Listener} could not be taken from {string.Join(", ", left)}; kafka.dynamic_settings says how";
    }

    private static Task Act(Action act)
    {
        act();
        return Task.CompletedTask;
    }

    private static Task<string?> Healed(Action heal)
    {
        heal();
        return Task.FromResult<string?>(null);
    }
}
