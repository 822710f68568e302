using CdcLab.Clients.Kafka;

namespace CdcLab.AppHost.Containers;

/// <summary>The names of a lab's containers and volumes, and its label: nothing without it is ever touched.</summary>
/// <param name="engine">The engine.</param>
/// <param name="labName">The lab's name.</param>
internal sealed class LabContainers(ContainerEngine engine, string labName)
{
    /// <summary>The label that every container of a lab carries.</summary>
    public const string Label = "cdclab.lab";

    /// <summary>The label as an argument of the engine.</summary>
    public string LabelArgument => $"{Label}={labName}";

    /// <summary>The fixed name of a resource's container, e.g. <c>cdclab-kafka-1</c>, or <c>cdclab-NAME-kafka-1</c> where the lab has a name of its own.</summary>
    public string Name(string resource) => labName == "default" ? $"cdclab-{resource}" : $"cdclab-{labName}-{resource}";

    /// <summary>The name of a volume of a resource, e.g. <c>cdclab-kafka-1-data</c>.</summary>
    public string Volume(string resource, string part) => $"{Name(resource)}-{part}";

    /// <summary>Frees the names of the lab's containers: what a dead lab of this name left is removed.</summary>
    /// <param name="resources">The servers.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Why a name cannot be used; null where all can.</returns>
    public async Task<string?> RefusalAsync(IReadOnlyList<string> resources, CancellationToken cancellationToken)
    {
        IReadOnlyList<ContainerState> found = await engine.InspectAsync([.. resources.Select(Name)], cancellationToken);
        if (found.FirstOrDefault(c => c.Lab != labName) is { } foreign)
            return $"Lab:Name = {labName}: the container {foreign.Name} is not this lab's (it has no label {LabelArgument}); rename or remove it, or use another name.";
        if (found.FirstOrDefault(c => c.Status is "running" or "paused" or "restarting") is { } running)
            return $"Lab:Name = {labName}: a lab of this name runs (container {running.Name}); stop it, or use another name.";
        foreach (ContainerState dead in found)
            await engine.DockerAsync(cancellationToken, "rm", "--volumes", dead.Id);
        return null;
    }

    /// <summary>Deletes the volumes of the lab's servers.</summary>
    public async Task RemoveVolumesAsync(IReadOnlyList<string> volumes, CancellationToken cancellationToken)
    {
        foreach (string volume in volumes)
            await engine.DockerAsync(cancellationToken, "volume", "rm", "--force", volume);
    }

    /// <summary>Asks every broker on INTERNAL from inside the network that they are on.</summary>
    /// <param name="brokers">The brokers.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>One answer for each broker.</returns>
    public async Task<IReadOnlyList<ListenerAnswer>> AskInsideAsync(IReadOnlyList<string> brokers, CancellationToken cancellationToken)
    {
        try
        {
            ContainerState? first = (await engine.InspectAsync([.. brokers.Select(Name)], cancellationToken)).FirstOrDefault(c => c.Status == "running");
            if (first is null)
                return [.. brokers.Select(b => new ListenerAnswer(b, null, "no broker runs, so there is no network to ask from"))];
            string[] lines = (await engine.DockerAsync(cancellationToken, "exec", first.Id, "bash", "-c", Script(brokers))).Split('\n', StringSplitOptions.RemoveEmptyEntries);
            return [.. brokers.Select(b => Read(b, lines))];
        }
        catch (IOException refused)
        {
            return [.. brokers.Select(b => new ListenerAnswer(b, null, $"the client in the network of the containers could not be run: {refused.Message}"))];
        }
    }

    /// <summary>Reads the answer of one broker.</summary>
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

    // Kafka's own request, by what every image with bash and coreutils has: no Java process, whose heap would be of the broker's size. Each answer begins with its length.
    private static string Script(IReadOnlyList<string> brokers)
    {
        string question = string.Concat(BrokerMetadata.Question.ToArray().Select(b => "\\x" + b.ToString("x2", CultureInfo.InvariantCulture)));
        return $$"""
            ask() {
                exec 3<> "/dev/tcp/$1/{{BrokerAddresses.InternalContainerPort}}" || return
                printf '{{question}}' >&3
                size=$(head -c 4 <&3 | od -An -v -t u1) && set -- $size && [ $# -eq 4 ] || return
                head -c $(( ($1 << 24) + ($2 << 16) + ($3 << 8) + $4 )) <&3 | od -An -v -t x1 | tr -d ' \n'
            }
            export -f ask
            for broker in {{string.Join(' ', brokers)}}; do
                echo "$broker $(timeout 3 bash -c "ask $broker" 2> /dev/null)" &
            done
            wait
            """.ReplaceLineEndings("\n");
    }
}
