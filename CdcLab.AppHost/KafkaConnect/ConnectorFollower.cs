using CdcLab.Clients.Connect;

namespace Aspire.Hosting;

/// <summary>Follows one connector over the worker's REST API: registers it once the worker has come up, and shows its state.</summary>
internal sealed partial class ConnectorFollower(ConnectorResource connector, IReadOnlyList<ServerSetting> configuration) : IHealthCheck
{
    public const string Running = "Running";
    public const string NoWorker = "No worker";
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private ResourceNotificationService? _notifications;
    private ILogger? _log;
    private bool _isRegistered;
    private string? _told;
    private HealthCheckResult _health = HealthCheckResult.Unhealthy("Kafka Connect was not started.");

    public ConnectClient Client { get; } = new(connector.Worker.Address, connector.Name);

    public void Start(InitializeResourceEvent e)
    {
        (_notifications, _log) = (e.Notifications, e.Logger);
        CancellationToken stopping = e.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;
        _ = Task.Run(() => FollowAsync(stopping), stopping);
    }

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) => Task.FromResult(_health);

    /// <exception cref="ConnectException">The worker does not answer, or refuses.</exception>
    public Task ConfigureAsync(CancellationToken cancellationToken) => Client.ConfigureAsync(configuration.ToDictionary(s => s.Name, s => s.Value), cancellationToken);

    /// <summary>Shows that a command has had it begin anew.</summary>
    public Task BeginAnewAsync() => _notifications!.PublishUpdateAsync(connector, s => s with { StartTimeStamp = DateTime.UtcNow });

    /// <summary>Asks for its state and shows it.</summary>
    public async Task LookAsync(CancellationToken cancellationToken)
    {
        string? worker = _notifications!.TryGetCurrentState(connector.Worker.Name, out ResourceEvent? known) ? known.Snapshot.State?.Text : null;
        // Whoever answers at that port while ours does not run is somebody else's.
        if (worker != KnownResourceStates.Running)
        {
            (_isRegistered, bool isNotStarted) = (false, worker is null || worker == KnownResourceStates.NotStarted);
            await ShowAsync(
                isNotStarted ? KnownResourceStates.NotStarted : NoWorker,
                KnownResourceStateStyles.Info,
                HealthCheckResult.Unhealthy(isNotStarted ? "Kafka Connect was not started." : $"Kafka Connect does not run; its state is {worker}."));
            return;
        }

        try
        {
            ConnectorStatus? status = await Client.StatusAsync(cancellationToken);
            if (!_isRegistered)
            {
                await ConfigureAsync(cancellationToken);
                _isRegistered = true;
                status = await Client.StatusAsync(cancellationToken);
            }

            await ShowAsync(status);
        }
        catch (ConnectException refused) when (refused.IsAnswer)
        {
            // A worker that is starting refuses everything for some seconds.
            await ShowAsync(_isRegistered ? "Unknown" : "Not registered", KnownResourceStateStyles.Error, HealthCheckResult.Unhealthy(refused.Message));
        }
        catch (ConnectException silent)
        {
            // The next one that answers may have been started anew, with another configuration.
            _isRegistered = false;
            await ShowAsync(NoWorker, KnownResourceStateStyles.Info, HealthCheckResult.Unhealthy(silent.Message));
        }
    }

    private async Task FollowAsync(CancellationToken stopping)
    {
        using PeriodicTimer timer = new(Interval);
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                await LookAsync(stopping);
                await timer.WaitForNextTickAsync(stopping);
            }
            catch (Exception failed) when (!stopping.IsCancellationRequested)
            {
                Turned(_log!, connector.Name, "not known", failed.Message);
                await Task.Delay(Interval, CancellationToken.None);
            }
            catch (OperationCanceledException)
            {
                // The application stops.
            }
        }
    }

    private Task ShowAsync(ConnectorStatus? status)
    {
        if (status is null)
            return ShowAsync("Not registered", KnownResourceStateStyles.Error, HealthCheckResult.Unhealthy($"The worker has no connector {connector.Name}."));
        if (new[] { status.Connector }.Concat(status.Tasks).FirstOrDefault(s => s.State == "FAILED") is { } failed)
            return ShowAsync("Failed", KnownResourceStateStyles.Error, HealthCheckResult.Unhealthy(failed.Reason));
        string[] tasks = [.. status.Tasks.Select(t => t.State)];
        bool runs = status.Connector.State == "RUNNING" && tasks.Length > 0 && tasks.All(t => t == "RUNNING");
        string state = runs ? Running : status.Connector.State == "RUNNING" ? "Starting" : Capital(status.Connector.State);
        return ShowAsync(
            state,
            runs ? KnownResourceStateStyles.Success : KnownResourceStateStyles.Warn,
            runs ? HealthCheckResult.Healthy($"Connector and {tasks.Length} task{(tasks.Length == 1 ? "" : "s")} run.")
                : HealthCheckResult.Unhealthy($"The connector is {status.Connector.State}, its tasks: {(tasks.Length == 0 ? "none" : string.Join(", ", tasks))}."));
    }

    private async Task ShowAsync(string state, string style, HealthCheckResult health)
    {
        _health = health;
        if (_told != state)
            Turned(_log!, connector.Name, _told = state, health.Description);
        await _notifications!.PublishUpdateAsync(connector, s => s.State?.Text == state ? s : s with { State = new(state, style) });
    }

    private static string Capital(string word) => word.Length == 0 ? "Unknown" : word[..1] + word[1..].ToLowerInvariant();

    [LoggerMessage(40, LogLevel.Information, "{Connector}: {State}. {Words}")]
    private static partial void Turned(ILogger log, string connector, string state, string? words);
}
