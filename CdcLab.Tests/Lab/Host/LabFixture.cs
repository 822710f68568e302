using System.Text.Json;
using CdcLab.Clients.Control;
using CdcLab.Clients.Verdicts;
using CdcLab.Model;
using CdcLab.Model.Live;
using CdcLab.Model.Options;
using CdcLab.Runtime.Standalone.Data;
using Xunit;

namespace CdcLab.Tests.Lab.Host;

/// <summary>One whole lab, run by the real AppHost, for all tests of a class.</summary>
public sealed class LabFixture : IAsyncLifetime
{
    private AppHostProcess? _host;

    /// <summary>Its folders and ports.</summary>
    public LabWorld World { get; } = new();

    /// <summary>Its model.</summary>
    public LabModel Model { get; private set; } = null!;

    /// <summary>Its control endpoint.</summary>
    public ControlClient Control { get; private set; } = null!;

    /// <summary>Its verifier.</summary>
    public VerdictsClient Verdicts { get; private set; } = null!;

    /// <summary>The token of its endpoints.</summary>
    public string Token { get; private set; } = "";

    /// <summary>The AppHost's process id.</summary>
    public int HostPid => _host!.Pid;

    /// <summary>All that the AppHost has written so far.</summary>
    public string Output => _host!.Output;

    /// <summary>A password of its secrets file.</summary>
    /// <param name="name">Such as <c>debezium</c>.</param>
    public string Secret(string name)
    {
        using JsonDocument secrets = JsonDocument.Parse(File.ReadAllText(Path.Combine(World.DataDirectory, "secrets.json")));
        return secrets.RootElement.GetProperty(name).GetString()!;
    }

    /// <summary>The verdict of one check, now.</summary>
    /// <param name="id">The check's id.</param>
    public async Task<Verdict?> VerdictAsync(string id) =>
        (await Verdicts.ReportAsync(TestContext.Current.CancellationToken)).Checks.FirstOrDefault(c => c.Id == id);

    /// <summary>Waits until every check is ok.</summary>
    public Task<(LabReport Seen, TimeSpan Took)> AllOkAsync(TimeSpan limit) => Deadline.WaitAsync(
        limit,
        () => Verdicts.ReportAsync(TestContext.Current.CancellationToken),
        r => r.Checks.Count > 0 && r.Checks.All(c => c.Outcome == Outcome.Ok),
        "every check to be ok");

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        _host = AppHostProcess.Start(World);
        await _host.SaysAsync("The lab is up", TimeSpan.FromMinutes(5));
        RunRecord run = RunRecord.Living(new DataDirectory(World.DataDirectory))!;
        Model = LabModel.From(new LabOptions { PortBase = World.PortBase }, run.Ports!, LabRuntimeKind.Embedded);
        Token = run.Token!;
        Control = new(run.Ports!.Control, Token);
        Verdicts = new(run.Ports.Verifier, Token);
    }

    /// <summary>Stops it as Ctrl+C would.</summary>
    /// <returns>What is left of its processes.</returns>
    public async Task<IReadOnlyList<string>> StopAsync()
    {
        _host!.Signal("INT");
        Assert.Equal(0, await _host.EndAsync(TimeSpan.FromSeconds(90)));
        return World.Processes();
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _host?.Dispose();
        Control?.Dispose();
        Verdicts?.Dispose();
        World.Dispose();
        return ValueTask.CompletedTask;
    }
}
