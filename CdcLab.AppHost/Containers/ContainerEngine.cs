using System.ComponentModel;
using System.Text.Json;

namespace CdcLab.AppHost.Containers;

/// <summary>Whether there is a container engine.</summary>
/// <param name="Answers">Whether one answers.</param>
/// <param name="Version">Its version; null where none answers.</param>
/// <param name="Because">One clause: what answers, or why nothing does.</param>
internal sealed record EngineAnswer(bool Answers, string? Version, string Because);

/// <summary>The container engine, by the docker client that Aspire's orchestrator uses too: what Aspire does not do with containers.</summary>
/// <param name="client">The client's program.</param>
internal sealed class ContainerEngine(string client = "docker")
{
    private static readonly TimeSpan AskLimit = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    /// <summary>Asks whether an engine answers.</summary>
    public async Task<EngineAnswer> AskAsync(CancellationToken cancellationToken)
    {
        try
        {
            string version = (await RunAsync(AskLimit, ["version", "--format", "{{.Server.Version}}"], cancellationToken)).Trim();
            return new(true, version, $"Docker {version} answers");
        }
        catch (Win32Exception)
        {
            return new(false, null, $"there is no {client} client on PATH");
        }
        catch (IOException silent)
        {
            return new(false, null, $"no container engine answers ({silent.Message.TrimEnd('.')})");
        }
    }

    /// <summary>SIGKILL.</summary>
    public Task KillAsync(string container, CancellationToken cancellationToken) => DockerAsync(cancellationToken, "kill", container);

    /// <summary>Freezes all its processes.</summary>
    public Task PauseAsync(string container, CancellationToken cancellationToken) => DockerAsync(cancellationToken, "pause", container);

    /// <summary>Lets them go on.</summary>
    public Task ResumeAsync(string container, CancellationToken cancellationToken) => DockerAsync(cancellationToken, "unpause", container);

    /// <summary>SIGTERM, and SIGKILL after its grace.</summary>
    public Task StopAsync(string container, TimeSpan grace, CancellationToken cancellationToken) =>
        RunAsync(grace + Limit, ["stop", "--time", ((int)grace.TotalSeconds).ToString(CultureInfo.InvariantCulture), container], cancellationToken);

    /// <summary>Runs a command of the engine.</summary>
    /// <exception cref="IOException">It failed; the message has the engine's words.</exception>
    public Task<string> DockerAsync(CancellationToken cancellationToken, params string[] arguments) => RunAsync(Limit, arguments, cancellationToken);

    /// <summary>The state of containers: running, paused, exited, and whether the kernel's memory killer ended them. One that does not exist is left out.</summary>
    public async Task<IReadOnlyList<ContainerState>> InspectAsync(IReadOnlyList<string> containers, CancellationToken cancellationToken)
    {
        if (containers.Count == 0)
            return [];
        // docker inspect exits with 1 where one is missing, and prints the others all the same.
        string text = await RunAsync(Limit, ["inspect", "--type", "container", "--format", "{{json .}}", .. containers], cancellationToken, ignoreExitCode: true);
        List<ContainerState> states = [];
        foreach (string line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(l => l[0] == '{'))
        {
            using JsonDocument document = JsonDocument.Parse(line);
            JsonElement root = document.RootElement;
            JsonElement state = root.GetProperty("State");
            states.Add(new(
                root.GetProperty("Name").GetString()!.TrimStart('/'),
                root.GetProperty("Id").GetString()!,
                state.GetProperty("Status").GetString()!,
                state.GetProperty("Pid").GetInt32(),
                state.GetProperty("OOMKilled").GetBoolean(),
                root.GetProperty("HostConfig").GetProperty("Memory").GetInt64(),
                root.GetProperty("Config").GetProperty("Labels") is { ValueKind: JsonValueKind.Object } labels && labels.TryGetProperty(LabContainers.Label, out JsonElement lab) ? lab.GetString() : null));
        }

        return states;
    }

    /// <summary>The memory of running containers by name, from the kernel's own files where the engine's groups can be seen from here.</summary>
    public async Task<IReadOnlyDictionary<string, MemoryReading>> MemoryAsync(IReadOnlyList<string> containers, CancellationToken cancellationToken)
    {
        Dictionary<string, MemoryReading> readings = new(StringComparer.Ordinal);
        try
        {
            foreach (ContainerState state in await InspectAsync(containers, cancellationToken))
            {
                if (state.Status is "running" or "paused" && ContainerGroup.Find(state.Pid, state.Id) is { } group)
                    readings[state.Name] = group.Read(state.CapBytes);
            }
        }
        catch (IOException)
        {
            // The engine does not answer: no figure is known.
        }

        return readings;
    }

#pragma warning disable CA1068 // The one flag that is seldom given stands last.
    private async Task<string> RunAsync(TimeSpan limit, string[] arguments, CancellationToken cancellationToken, bool ignoreExitCode = false)
#pragma warning restore CA1068
    {
        ProcessStartInfo start = new(client, arguments) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        using Process process = Process.Start(start)!;
        using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        end.CancelAfter(limit);
        try
        {
            Task<string> output = process.StandardOutput.ReadToEndAsync(end.Token);
            Task<string> errors = process.StandardError.ReadToEndAsync(end.Token);
            await process.WaitForExitAsync(end.Token);
            if (process.ExitCode == 0 || ignoreExitCode)
                return await output;
            string said = (await errors).Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).LastOrDefault() ?? $"exit code {process.ExitCode}";
            throw new IOException(said);
        }
        catch (OperationCanceledException late) when (!cancellationToken.IsCancellationRequested)
        {
            process.Kill(entireProcessTree: true);
            throw new IOException($"docker {arguments[0]} did not end within {limit.TotalSeconds:0} s", late);
        }
    }
}

/// <summary>One container as the engine sees it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Id">Its id.</param>
/// <param name="Status">created, running, paused, exited, ...</param>
/// <param name="Pid">Its first process; 0 while it does not run.</param>
/// <param name="OomKilled">Whether the kernel ended it for its memory cap.</param>
/// <param name="CapBytes">Its memory cap; 0 for none.</param>
/// <param name="Lab">The lab on its label; null for a container of somebody else.</param>
internal sealed record ContainerState(string Name, string Id, string Status, int Pid, bool OomKilled, long CapBytes, string? Lab);
