using System.Net;
using System.Net.Sockets;
using CdcLab.Model;
using CdcLab.Model.Options;
using CdcLab.Runtime;
using CdcLab.Runtime.Standalone;
using CdcLab.Runtime.Standalone.Dashboard;
using CdcLab.Runtime.Standalone.Data;
using CdcLab.Runtime.Standalone.Fetching;
using CdcLab.Runtime.Standalone.Processes;
using CdcLab.Tests.Lab;
using CdcLab.Tests.Model.Fetching;
using Xunit;

namespace CdcLab.Tests.Model.Dashboard;

/// <summary>What goes wrong with a dashboard, with a small script in its place: the lab hears one line, and never an exception.</summary>
[Trait("tier", "model")]
public sealed class LabDashboardTests : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly TestFolder _folder = new();
    private readonly SaidLines _said = new();
    private readonly LabPlan _plan;
    private readonly RunFile _runFile;
    private readonly LabSecrets _secrets;
    private LabDashboard? _dashboard;

    public LabDashboardTests()
    {
        DataDirectory directory = new(_folder.Below("lab"));
        directory.Create();
        LabOptions options = new() { PortBase = FreePorts.Base(), Dashboard = new() { Path = _folder.Below("dashboard") } };
        _plan = new(options, LabPorts.From(options.PortBase), directory, new("", ""), LabRuntimeKind.Embedded);
        _runFile = new(directory);
        _secrets = LabSecrets.ReadOrMake(directory, "mysql");
        _folder.Write("dashboard/wwwroot/index.html");
    }

    [Fact]
    public async Task One_that_ends_at_once_is_told_once_however_often_it_is_tried()
    {
        Begin("echo it is broken >&2\nexit 3");

        await Deadline.WaitAsync(Patience, () => Task.FromResult(Starts()), starts => starts >= 3, "a third start");

        string line = Assert.Single(_said.All);
        Assert.Equal("dashboard: it ended by itself with exit code 3 (it is broken); it is tried again", line);
        Assert.False(_dashboard!.Status.IsUp);
        Assert.Contains("exit code 3", _dashboard.Status.Because, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Port_that_is_taken_is_told_with_its_setting_and_nothing_is_started()
    {
        using TcpListener stranger = new(IPAddress.Loopback, _plan.Model.DashboardPort);
        stranger.Start();
        Begin("exit 3");

        (string line, _) = await Deadline.WaitAsync(Patience, () => Task.FromResult(_said.All is [string first, ..] ? first : ""), l => l.Length > 0, "a line");

        Assert.Contains($"its port {_plan.Model.DashboardPort} is taken by ", line, StringComparison.Ordinal);
        Assert.Contains("or set Lab:Dashboard:Port", line, StringComparison.Ordinal);
        Assert.Equal(0, Starts());
    }

    [Fact]
    public async Task One_that_cannot_be_had_is_one_line()
    {
        Directory.Delete(_folder.Below("dashboard"), recursive: true);
        Begin(script: null);

        (string line, _) = await Deadline.WaitAsync(Patience, () => Task.FromResult(_said.All is [string first, ..] ? first : ""), l => l.Length > 0, "a line");

        Assert.StartsWith("dashboard: there is none: Lab:Dashboard:Path = ", line, StringComparison.Ordinal);
        Assert.Null(_dashboard!.Status.Pid);
    }

    [Fact]
    public async Task Process_is_in_the_run_file_in_a_group_of_its_own_and_gone_after_the_stop()
    {
        Begin("sleep 300 & sleep 300");
        (RecordedProcess process, _) = await Deadline.WaitAsync(Patience, () => Task.FromResult(RunRecord.Read(_plan.Directory)?.Dashboard!), p => p is not null && Starts() == 1, "its process in the run file");
        Assert.True(ProcessTable.GroupIsAlive(process.Pid));

        await _dashboard!.StopAsync();

        Assert.False(ProcessTable.GroupIsAlive(process.Pid));
        Assert.Empty(RunRecord.Read(_plan.Directory)!.Processes);
        Assert.Empty(_said.All);
    }

    [Fact]
    public async Task Link_is_the_same_for_the_same_data_directory()
    {
        await using LabDashboard first = new(_plan, _secrets, _runFile, _said);
        await using LabDashboard second = new(_plan, LabSecrets.ReadOrMake(_plan.Directory, "mysql"), _runFile, _said);
        Assert.Equal(first.Status.Link, second.Status.Link);
        Assert.Equal($"http://127.0.0.1:{_plan.Options.PortBase + 5}/login?t={_secrets.DashboardToken}", first.Status.Link.ToString());
    }

    public async ValueTask DisposeAsync()
    {
        if (_dashboard is not null)
            await _dashboard.DisposeAsync();
        _runFile.Dispose();
        _folder.Dispose();
    }

    private int Starts() => File.Exists(_folder.Below("starts")) ? File.ReadAllLines(_folder.Below("starts")).Length : 0;

    private void Begin(string? script)
    {
        if (script is not null)
            _folder.Write("dashboard/aspire-managed", $"#!/bin/sh\necho start >> '{_folder.Below("starts")}'\n{script}\n", executable: true);
        _dashboard = new(_plan, _secrets, _runFile, _said);
        DashboardSource source = new(_plan.Options.Dashboard, new Uri("http://127.0.0.1:1/"), new PartsCache(_folder.Below("cache")), _ => null);
        _dashboard.Begin(source, new() { Model = _plan.Model, Control = new NoServers(), Abilities = () => null, Token = _secrets.Token, Say = _said.Say });
    }

    private sealed class NoServers : ILabControl
    {
        public Task<IReadOnlyList<CdcLab.Model.Live.ResourceState>> ListAsync(CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<CdcLab.Model.Live.ResourceState>>([]);

        public Task<CdcLab.Model.Live.ResourceState> ExecuteAsync(string name, CdcLab.Model.Live.ServerCommand command, CancellationToken cancellationToken) => throw new UnknownResourceException(name, []);

        public IReadOnlyList<string> Log(string name, int lines) => throw new UnknownResourceException(name, []);

        public IAsyncEnumerable<IReadOnlyList<CdcLab.Model.Live.LogLine>> FollowLogAsync(string name, bool follow, CancellationToken cancellationToken) => throw new UnknownResourceException(name, []);

        public CdcLab.Model.Live.LaunchDetails? Launch(string name) => null;

        public IDisposable OnChange(Action<CdcLab.Model.Live.ResourceState> changed) => new CancellationTokenSource();
    }
}
