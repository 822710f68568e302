using CdcLab.Clients.Kafka;

namespace CdcLab.AppHost.Containers;

/// <summary>The names of a lab's containers and volumes, and their labels: nothing without them is ever touched.</summary>
internal sealed class LabContainers(ContainerEngine engine, string labName)
{
    /// <summary>The label that every container and volume of a lab carries, with the lab's name.</summary>
    public const string Label = "cdclab.lab";

    /// <summary>The label that tells which AppHost made a container, as PID@START.</summary>
    public const string OwnerLabel = "cdclab.apphost";

    private static readonly string Self = Owner(Environment.ProcessId) ?? "";

    public IReadOnlyList<string> LabelArguments { get; } = ["--label", $"{Label}={labName}", "--label", $"{OwnerLabel}={Self}"];

    /// <summary>The fixed name of a resource's container, e.g. <c>cdclab-kafka-1</c>, or <c>cdclab-NAME-kafka-1</c> where the lab has a name of its own.</summary>
    public string Name(string resource) => labName == "default" ? $"cdclab-{resource}" : $"cdclab-{labName}-{resource}";

    public string Volume(string resource, string part) => $"{Name(resource)}-{part}";

    /// <summary>A named volume with the lab's label, as arguments of the engine. Aspire's own volumes have no label.</summary>
    public IEnumerable<string> VolumeArguments(string resource, string part, string path) => ["--mount", $"type=volume,src={Volume(resource, part)},dst={path},volume-label={Label}={labName}"];

    /// <summary>Frees the lab's names: what a dead AppHost left is removed, even if it still runs.</summary>
    /// <returns>Why a name cannot be used; null where all can.</returns>
    public async Task<string?> RefusalAsync(IReadOnlyList<string> resources, CancellationToken cancellationToken)
    {
        IReadOnlyList<ContainerState> named = await engine.InspectAsync([.. resources.Select(Name)], cancellationToken);
        if (named.FirstOrDefault(c => c.Lab != labName) is { } foreign)
            return $"Lab:Name = {labName}: the container {foreign.Name} is not this lab's (it has no label {Label}={labName}); rename or remove it, or use another name.";
        // Also under names that these options do not use, such as those of more brokers.
        IReadOnlyList<ContainerState> own = await OwnAsync(cancellationToken);
        if (own.FirstOrDefault(c => OwnerPid(c.Owner) is not null) is { } running)
            return $"Lab:Name = {labName}: a lab of this name runs already (AppHost process {OwnerPid(running.Owner)}, container {running.Name}); stop it, or use another name.";
        // NAME|LABEL; a volume of somebody else would be mounted, filled, and deleted by reset.
        string[] volumes = Lines(await engine.DockerAsync(cancellationToken, "volume", "ls", "--format", $"{{{{.Name}}}}|{{{{.Label \"{Label}\"}}}}"));
        if (volumes.Select(l => l.Split('|')).FirstOrDefault(v => v[^1] != labName && resources.Any(r => v[0].StartsWith(Name(r) + "-", StringComparison.Ordinal))) is [var volume, ..])
            return $"Lab:Name = {labName}: the volume {volume} is not this lab's (it has no label {Label}={labName}); remove it, or use another name.";
        await RemoveAsync(own, cancellationToken);
        return null;
    }

    /// <summary>Removes the containers of this process: what is left when the orchestrator that should do it is gone.</summary>
    public async Task RemoveOwnAsync(CancellationToken cancellationToken) =>
        await RemoveAsync([.. (await OwnAsync(cancellationToken)).Where(c => c.Owner == Self)], cancellationToken);

    public async Task RemoveVolumesAsync(CancellationToken cancellationToken)
    {
        string[] volumes = Lines(await engine.DockerAsync(cancellationToken, "volume", "ls", "--quiet", "--filter", $"label={Label}={labName}"));
        if (volumes.Length > 0)
            await engine.DockerAsync(cancellationToken, ["volume", "rm", .. volumes]);
    }

    public async Task<IReadOnlyList<ListenerAnswer>> AskInsideAsync(IReadOnlyList<string> brokers, CancellationToken cancellationToken)
    {
        try
        {
            ContainerState? first = (await engine.InspectAsync([.. brokers.Select(Name)], cancellationToken)).FirstOrDefault(c => c.Status == "running");
            if (first is null)
                return [.. brokers.Select(b => new ListenerAnswer(b, null, "no broker runs, so there is no network to ask from"))];
            string[] lines = Lines(await engine.DockerAsync(cancellationToken, "exec", first.Id, "bash", "-c", Script(brokers)));
            return [.. brokers.Select(b => Read(b, lines))];
        }
        catch (IOException refused)
        {
            return [.. brokers.Select(b => new ListenerAnswer(b, null, $"the client in the network of the containers could not be run: {refused.Message}"))];
        }
    }

    internal static ListenerAnswer Read(string broker, IReadOnlyList<string> lines)
    {
        if (lines.FirstOrDefault(l => l.StartsWith(broker + " ", StringComparison.Ordinal)) is not { } line)
            return new(broker, null, $"{broker} was not asked: {(lines.Count == 0 ? "the client wrote nothing" : lines[^1])}");
        string answer = line[(broker.Length + 1)..].Trim();
        try
        {
            return answer.Length == 0 ? new(broker, null, $"{broker} does not answer") : new(broker, BrokerMetadata.Read(Convert.FromHexString(answer)), null);
        }
        catch (Exception broken) when (broken is FormatException or InvalidDataException)
        {
            return new(broker, null, $"{broker} does not answer as a Kafka broker does");
        }
    }

    /// <summary>The process of an owner; null where it has ended, or where another process has its number now.</summary>
    internal static int? OwnerPid(string? owner) =>
        owner?.Split('@') is [var text, _] && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int pid) && Owner(pid) == owner ? pid : null;

    private static string? Owner(int pid) => ProcessTable.StartTime(pid) is { } start ? string.Create(CultureInfo.InvariantCulture, $"{pid}@{start}") : null;

    private async Task<IReadOnlyList<ContainerState>> OwnAsync(CancellationToken cancellationToken) =>
        await engine.InspectAsync(Lines(await engine.DockerAsync(cancellationToken, "ps", "--all", "--quiet", "--no-trunc", "--filter", $"label={Label}={labName}")), cancellationToken);

    private async Task RemoveAsync(IReadOnlyList<ContainerState> containers, CancellationToken cancellationToken)
    {
        if (containers.Count > 0)
            await engine.DockerAsync(cancellationToken, ["rm", "--force", "--volumes", .. containers.Select(c => c.Id)]);
    }

    private static string[] Lines(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    // Kafka's own request, by what every image with bash and coreutils has: no Java process, whose heap would be of the broker's size. Each answer begins with its length.
    // The brokers come first in an answer, its topics can be long: lines of more than a pipe takes at once would mix.
    private static string Script(IReadOnlyList<string> brokers)
    {
        string question = string.Concat(BrokerMetadata.Question.ToArray().Select(b => "\\x" + b.ToString("x2", CultureInfo.InvariantCulture)));
        return $$"""
            ask() {
                exec 3<> "/dev/tcp/$1/{{BrokerAddresses.InternalContainerPort}}" || return
                printf '{{question}}' >&3
                size=$(head -c 4 <&3 | od -An -v -t u1) && set -- $size && [ $# -eq 4 ] || return
                size=$(( ($1 << 24) + ($2 << 16) + ($3 << 8) + $4 ))
                head -c $(( size < 1024 ? size : 1024 )) <&3 | od -An -v -t x1 | tr -d ' \n'
            }
            export -f ask
            for broker in {{string.Join(' ', brokers)}}; do
                echo "$broker $(timeout 3 bash -c "ask $broker" 2> /dev/null)" &
            done
            wait
            """.ReplaceLineEndings("\n");
    }
}
