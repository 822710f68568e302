using CdcLab.Model.Live;
using CdcLab.Runtime.Standalone.Data;
using CdcLab.Runtime.Standalone.Memory;
using CdcLab.Runtime.Standalone.Processes;

namespace CdcLab.Runtime.Standalone.Servers;

/// <summary>Runs a server or service as a child process: under its memory cap, and known to the run file for as long as it lives.</summary>
internal sealed class ProcessServer(EmbeddedServer server, MemoryCaps caps, RunFile runFile, DataDirectory dataDirectory) : RunnableServer(server.Resource)
{
    public override bool CapEnforced => caps.Enforced;

    public override async Task<RunningServer> LaunchAsync(ServerLog log, CancellationToken cancellationToken)
    {
        LaunchSpec spec = await server.PrepareAsync(cancellationToken);
        if (Resource.MemoryCapBytes is { } cap)
            spec = caps.Apply(spec, Resource.Name, cap);
        cancellationToken.ThrowIfCancellationRequested();
        Details = new()
        {
            Program = spec.Command[0],
            Arguments = [.. spec.Command.Skip(1).Select(a => new LaunchArgument(a))],
            WorkingDirectory = spec.WorkingDirectory,
            Environment = [.. spec.Variables.Where(v => v.Value is not null).Select(v => new LaunchVariable(v.Key, v.Value!)).OrderBy(v => v.Name, StringComparer.Ordinal)],
            DataFolder = Resource.DataFolder is { } folder ? Path.Combine(dataDirectory.Path, folder) : null,
        };
        return new Run(ServerProcess.Start(spec, log, (pid, start) => runFile.Add(Resource.Name, pid, start)), this);
    }

    public override Task<string?> AskAsync(CancellationToken cancellationToken) => server.AskAsync(cancellationToken);

    public override Task<IReadOnlyList<string>> ConvergeAsync(CancellationToken cancellationToken) => server.ConvergeAsync(cancellationToken);

    public override Task<string?> FullDiskAsync(IReadOnlyList<string> lastLines) => Task.FromResult(FullDisk.IsToldBy(lastLines)
        ? $"{Resource.Name}: the disk of {dataDirectory.Path} is full (no space left on device): make room there, or set Lab:DataDirectory to a folder on another disk."
        : null);

    private MemoryFigures Read(int pid) => Resource.MemoryCapBytes is { } cap ? caps.Read(Resource.Name, pid, cap) : ProcessMemory.Read(pid);

    // The group outlives its processes, and with it the kernel's count.
    private bool WasKilledForMemory(int exitCode, int pid) => exitCode == 128 + (int)Signal.Kill && Resource.MemoryCapBytes is not null && Read(pid).OomKills > 0;

    private void Forget(int pid) => runFile.Remove(pid);

    private sealed class Run : RunningServer
    {
        private readonly ServerProcess _process;
        private readonly ProcessServer _server;

        public Run(ServerProcess process, ProcessServer server)
        {
            (_process, _server) = (process, server);
            Ended = EndAsync();
        }

        public override int? Pid => _process.Pid;

        public override Task<ServerEnd> Ended { get; }

        public override Task<bool?> IsPausedAsync(CancellationToken cancellationToken) => Task.FromResult(ProcessTable.IsStopped(_process.Pid));

        public override Task SignalAsync(Signal signal, CancellationToken cancellationToken)
        {
            _process.Signal(signal);
            return Task.CompletedTask;
        }

        public override Task StopAsync(TimeSpan grace, CancellationToken hurry) => _process.StopAsync(grace, hurry);

        public override Task<MemoryFigures?> ReadMemoryAsync(CancellationToken cancellationToken) => Task.FromResult<MemoryFigures?>(_server.Read(_process.Pid));

        public override ValueTask DisposeAsync()
        {
            _process.Dispose();
            return ValueTask.CompletedTask;
        }

        private async Task<ServerEnd> EndAsync()
        {
            int code = await _process.Ended;
            _server.Forget(_process.Pid);
            return new(code, _server.WasKilledForMemory(code, _process.Pid));
        }
    }
}
