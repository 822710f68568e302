using System.ComponentModel;
using System.Text.Json;

namespace CdcLab.AppHost.Containers;

/// <summary>Whether there is a container engine on this machine, and one clause that says what answers or why nothing does.</summary>
internal sealed record EngineAnswer(bool Answers, string Because);

/// <summary>The container engine, by the docker client that Aspire's orchestrator uses too: what Aspire does not do with containers. A fault is an <see cref="IOException"/> with the engine's words.</summary>
internal sealed class ContainerEngine(string client = "docker")
{
    private static readonly TimeSpan AskLimit = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    public async Task<EngineAnswer> AskAsync(CancellationToken cancellationToken)
    {
        try
        {
            // DOCKER_HOST, or else the client's current context. Ports are published on the engine's own machine, and every address of the lab is on this one.
            string endpoint = (await RunAsync(AskLimit, cancellationToken, "context", "inspect", "--format", "{{.Endpoints.docker.Host}}")).Trim();
            if (!IsLocal(endpoint))
                return new(false, $"the docker client is set to another machine ({endpoint}, by DOCKER_HOST or its context), and the lab's servers run on this one");
            // Debian's builds add a suffix of their own, such as +dfsg4.
            string version = (await RunAsync(AskLimit, cancellationToken, "version", "--format", "{{.Server.Version}}")).Trim().Split('+')[0];
            return new(true, $"Docker {version} answers");
        }
        catch (IOException silent)
        {
            return new(false, silent.Message);
        }
    }

    /// <summary>Sends SIGKILL. A container that does not run is left as it is.</summary>
    public Task KillAsync(string container, CancellationToken cancellationToken) => TryAsync(["is not running", "No such container"], cancellationToken, "kill", container);

    public Task PauseAsync(string container, CancellationToken cancellationToken) => TryAsync(["is already paused"], cancellationToken, "pause", container);

    /// <summary>Lets a frozen container go on; one that is not frozen is left as it is.</summary>
    public Task ResumeAsync(string container, CancellationToken cancellationToken) => TryAsync(["is not paused", "is not running", "No such container"], cancellationToken, "unpause", container);

    /// <summary>Sends SIGTERM, and SIGKILL after the grace; returns when the container has ended. A frozen one goes on first, because it could not see the signal.</summary>
    public async Task StopAsync(string container, TimeSpan grace, CancellationToken cancellationToken)
    {
        await ResumeAsync(container, cancellationToken);
        try
        {
            // The long name of -t differs between the client's versions.
            await RunAsync(grace + Limit, cancellationToken, "stop", "-t", ((int)Math.Ceiling(grace.TotalSeconds)).ToString(CultureInfo.InvariantCulture), container);
        }
        catch (IOException gone) when (gone.Message.Contains("No such container", StringComparison.OrdinalIgnoreCase))
        {
            // Aspire has removed it already.
        }
    }

    public Task<string> DockerAsync(CancellationToken cancellationToken, params string[] arguments) => RunAsync(Limit, cancellationToken, arguments);

    /// <summary>The state of containers by name or id. One that does not exist is left out.</summary>
    public async Task<IReadOnlyList<ContainerState>> InspectAsync(IReadOnlyList<string> containers, CancellationToken cancellationToken)
    {
        if (containers.Count == 0)
            return [];
        // docker inspect prints those that exist, and ends with 1 where one does not.
        string text = await TryAsync(["No such container", "No such object"], cancellationToken, ["inspect", "--type", "container", "--format", "{{json .}}", .. containers]);
        List<ContainerState> states = [];
        foreach (string line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            using JsonDocument document = JsonDocument.Parse(line);
            JsonElement root = document.RootElement, state = root.GetProperty("State"), labels = root.GetProperty("Config").GetProperty("Labels");
            string? Label(string name) => labels.ValueKind == JsonValueKind.Object && labels.TryGetProperty(name, out JsonElement value) ? value.GetString() : null;
            states.Add(new(
                root.GetProperty("Name").GetString()!.TrimStart('/'),
                root.GetProperty("Id").GetString()!,
                state.GetProperty("Status").GetString()!,
                state.GetProperty("Pid").GetInt32(),
                root.GetProperty("HostConfig").GetProperty("Memory").GetInt64(),
                Label(LabContainers.Label),
                Label(LabContainers.OwnerLabel)));
        }

        return states;
    }

    internal static bool IsLocal(string endpoint) =>
        Uri.TryCreate(endpoint, UriKind.Absolute, out Uri? address) && (address.Scheme is "unix" or "npipe" || (address.Scheme is "tcp" or "http" or "https" && address.IsLoopback));

    // Every complaint must be a harmless one: of several containers each has its own line.
    private async Task<string> TryAsync(string[] harmless, CancellationToken cancellationToken, params string[] arguments)
    {
        (int code, string output, string[] errors) = await EndAsync(Limit, arguments, cancellationToken);
        return code == 0 || errors.All(line => harmless.Any(h => line.Contains(h, StringComparison.OrdinalIgnoreCase))) ? output : throw new IOException(Fault(code, errors));
    }

    private async Task<string> RunAsync(TimeSpan limit, CancellationToken cancellationToken, params string[] arguments)
    {
        (int code, string output, string[] errors) = await EndAsync(limit, arguments, cancellationToken);
        return code == 0 ? output : throw new IOException(Fault(code, errors));
    }

    // "Error response from daemon: No such image: x." and its hints become one clause.
    internal static string Fault(int code, string[] errors)
    {
        string line = errors.LastOrDefault(l => l.Contains("rror", StringComparison.Ordinal) || l.StartsWith("Cannot ", StringComparison.Ordinal)) ?? (errors.Length > 0 ? errors[^1] : $"docker ended with {code}");
        foreach (string prefix in (string[])["docker: ", "Error response from daemon: ", "error during connect: "])
            line = line.StartsWith(prefix, StringComparison.Ordinal) ? line[prefix.Length..] : line;
        int hint = line.IndexOf(". Is the docker daemon running", StringComparison.Ordinal);
        return (hint > 0 ? line[..hint] : line).TrimEnd('.');
    }

    private async Task<(int Code, string Output, string[] Errors)> EndAsync(TimeSpan limit, string[] arguments, CancellationToken cancellationToken)
    {
        using Process process = new() { StartInfo = new(client, arguments) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true } };
        try
        {
            process.Start();
        }
        catch (Win32Exception missing)
        {
            throw new IOException($"there is no {client} client on PATH", missing);
        }

        using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        end.CancelAfter(limit);
        try
        {
            Task<string> output = process.StandardOutput.ReadToEndAsync(end.Token), errors = process.StandardError.ReadToEndAsync(end.Token);
            await process.WaitForExitAsync(end.Token);
            return (process.ExitCode, await output, (await errors).Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
        }
        catch (OperationCanceledException late)
        {
            process.Kill(entireProcessTree: true);
            cancellationToken.ThrowIfCancellationRequested();
            throw new IOException($"docker {arguments[0]} did not end within {limit.TotalSeconds:0} s", late);
        }
    }
}

/// <summary>One container as the engine sees it: no process while it does not run, 0 where it has no cap, no lab where it is somebody else's; the owner is the AppHost that made it.</summary>
internal sealed record ContainerState(string Name, string Id, string Status, int Pid, long CapBytes, string? Lab, string? Owner)
{
    public bool IsPaused => Status == "paused";

    /// <summary>Its memory by the kernel's own files; null where it does not run, or where the engine's groups cannot be seen from here.</summary>
    public MemoryReading? Memory()
    {
        string pid = Pid.ToString(CultureInfo.InvariantCulture);
        // Only a group whose path names the container is its own.
        MemoryReading? reading = ((CgroupVersion[])[CgroupVersion.V1, CgroupVersion.V2])
            .Select(v => Pid > 0 && v.GroupOf(pid) is { } path && path.Contains(Id, StringComparison.Ordinal) ? v.Read(v.Mount() + path) : null).FirstOrDefault(r => r is not null);
        return reading is null ? null : reading with { CapEnforced = CapBytes > 0 && reading.CapBytes <= CapBytes };
    }
}
