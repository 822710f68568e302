using System.Text.Json;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;
using CdcLab.Clients.Verifier;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using MySqlConnector;

namespace CdcLab.Tests.Lab;

/// <summary>The real AppHost, started once for all tests of a collection; by default with servers as processes.</summary>
public class LabApplication : IAsyncLifetime
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(120);
    private readonly string[] _arguments;
    private DistributedApplication? _application;

    public LabApplication()
        : this(26_000, "--Lab:Runtime=process")
    {
    }

    protected LabApplication(int portBase, params string[] arguments)
    {
        (PortBase, _arguments) = (portBase, arguments);
        Verifier = new(new Uri($"http://127.0.0.1:{portBase + 3}"), token: null);
    }

    /// <summary>The first port of the lab's block.</summary>
    public int PortBase { get; }

    /// <summary>The data directory.</summary>
    public string Folder { get; } = Path.Combine(Path.GetTempPath(), $"cdclab-test-{Guid.NewGuid():N}");

    /// <summary>A client of the verifier.</summary>
    public VerifierClient Verifier { get; }

    /// <summary>The services of the application.</summary>
    public IServiceProvider Services => _application!.Services;

    /// <summary>Whether the last test has healed what it broke, and seen all ok after it.</summary>
    public bool IsWhole { get; set; }

    /// <summary>Whether the lab runs the legacy Kafka.</summary>
    public bool IsLegacy { get; private set; }

    public virtual async ValueTask InitializeAsync()
    {
        IDistributedApplicationTestingBuilder builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.CdcLab_AppHost>(
            [$"--Lab:PortBase={PortBase}", $"--Lab:DataDirectory={Folder}", .. _arguments],
            (options, _) => options.DisableDashboard = true,
            TestContext.Current.CancellationToken);
        // The servers' logs are files in the lab's folder; on the console they would hide what failed.
        builder.Services.AddLogging(logging => logging.AddFilter($"{builder.Environment.ApplicationName}.Resources", LogLevel.None));
        _application = await builder.BuildAsync(TestContext.Current.CancellationToken);
        await _application.StartAsync(TestContext.Current.CancellationToken);
        LabReport report = await AllOkAsync(StartLimit);
        IsLegacy = report.Figures?.LegacyKafka == true;
    }

    /// <summary>Waits until every check that is made now is ok: what a command has just done may not be in the verifier's latest verdicts yet.</summary>
    /// <param name="limit">How long at most.</param>
    /// <param name="withFigures">Whether the AppHost must have sent its figures since, as it does every two seconds: what it knows of resources, memory, and MySQL as root.</param>
    /// <returns>The report.</returns>
    public async Task<LabReport> AllOkAsync(TimeSpan limit, bool withFigures = true)
    {
        LabReport? last = null;
        DateTimeOffset start = DateTimeOffset.UtcNow;
        await Deadline.WaitAsync(
            limit,
            async () => last = await Services.GetRequiredService<VerifierClient>().LookAsync(TestContext.Current.CancellationToken),
            r => r.IsAllOk && (!withFigures || r.Figures?.At > start),
            "all checks ok",
            () => last is null ? "no report" : string.Join("; ", last.Checks.Where(c => c.Outcome != Outcome.Ok).Select(c => $"{c.Id} {c.Outcome}: {c.Actual ?? c.Because}")));
        return last!;
    }

    /// <summary>Waits until one check has an outcome, in the verifier's own rounds.</summary>
    public Task<(LabReport Report, Verdict Verdict, TimeSpan Took)> VerdictAsync(string id, Outcome outcome, TimeSpan limit) => VerdictAsync(id, outcome, limit, Verifier.ReportAsync);

    /// <summary>The same, and has everything looked at again and again meanwhile.</summary>
    public Task<(LabReport Report, Verdict Verdict, TimeSpan Took)> LookForVerdictAsync(string id, Outcome outcome, TimeSpan limit) =>
        VerdictAsync(id, outcome, limit, Services.GetRequiredService<VerifierClient>().LookAsync);

    private static async Task<(LabReport Report, Verdict Verdict, TimeSpan Took)> VerdictAsync(string id, Outcome outcome, TimeSpan limit, Func<CancellationToken, Task<LabReport>> see)
    {
        LabReport? last = null;
        (_, TimeSpan took) = await Deadline.WaitAsync(
            limit,
            async () => last = await see(TestContext.Current.CancellationToken),
            r => r.Checks.Any(c => c.Id == id && c.Outcome == outcome),
            $"{id} {outcome}",
            () => last?.Checks.FirstOrDefault(c => c.Id == id)?.ToString() ?? "no report");
        return (last!, last!.Checks.First(c => c.Id == id), took);
    }

    /// <summary>Logs in to MySQL as a user of the lab: root, debezium or simulator.</summary>
    public async Task<MySqlConnection> LogInAsync(string user)
    {
        using JsonDocument secrets = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(Folder, "secrets.json"), TestContext.Current.CancellationToken));
        MySqlConnection connection = new(new MySqlConnectionStringBuilder
        {
            Server = "127.0.0.1",
            Port = (uint)PortBase,
            UserID = user,
            Password = secrets.RootElement.GetProperty(user).GetString(),
            Pooling = false,
            SslMode = MySqlSslMode.None,
            AllowPublicKeyRetrieval = true,
            AllowUserVariables = true,
            DefaultCommandTimeout = 120,
        }.ConnectionString);
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        return connection;
    }

    /// <summary>Executes a command of a resource, as the dashboard does.</summary>
    public async Task<ExecuteCommandResult> CommandAsync(string resource, string command)
    {
        IsWhole = false;
        ExecuteCommandResult result = await Services.GetRequiredService<ResourceCommandService>().ExecuteCommandAsync(resource, command, TestContext.Current.CancellationToken);
        Assert.True(result.Success, $"{command} {resource}: {result.Message}");
        return result;
    }

    public virtual async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (_application is not null)
        {
            await _application.StopAsync();
            await _application.DisposeAsync();
        }

        Verifier.Dispose();
        if (Directory.Exists(Folder))
            Directory.Delete(Folder, recursive: true);
    }
}

/// <summary>The tests that share one lab.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class LabCollectionDefinition : ICollectionFixture<LabApplication>
{
    public const string Name = "lab";
}
