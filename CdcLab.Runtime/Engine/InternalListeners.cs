using System.Globalization;
using CdcLab.Clients.Kafka;
using CdcLab.Model;
using Docker.DotNet;
using Docker.DotNet.Models;

namespace CdcLab.Runtime.Engine;

/// <summary>Looks at the brokers from inside the lab's network, as a container does that uses them: a short-lived one of the brokers' own image asks each on INTERNAL.</summary>
internal static class InternalListeners
{
    private const int InternalPort = 29092;
    private const string Name = "kafka-client";

    // Enough for a shell; the lab's memory is the servers'.
    private const long Memory = 64 * 1024 * 1024;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(15);

    /// <summary>Asks every broker.</summary>
    /// <param name="engine">The engine.</param>
    /// <param name="lab">Whose the short-lived container is.</param>
    /// <param name="network">The network that the brokers are on.</param>
    /// <param name="model">The lab.</param>
    /// <param name="cancellationToken">Gives it up.</param>
    /// <returns>One answer each, in the order of the model.</returns>
    /// <exception cref="LabControlException">It cannot be looked.</exception>
    public static async Task<IReadOnlyList<ListenerAnswer>> AskAsync(ContainerEngine engine, LabIdentity lab, string network, LabModel model, CancellationToken cancellationToken)
    {
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Limit);
        string? id = null;
        try
        {
            id = await engine.StartAsync(Request(lab, network, model), CancellationToken.None);
            await engine.Client.Containers.WaitContainerAsync(id, limit.Token);
            List<string> lines = [];
            await new ContainerLog(engine, id, line => lines.Add(line.Text)).FollowAsync(limit.Token);
            return [.. model.Kafka.Brokers.Select(b => Read(b, lines))];
        }
        catch (DockerApiException refused)
        {
            throw new LabControlException($"The container engine refuses to run a client on the lab's network: {EngineFaults.Said(refused)}.");
        }
        catch (Exception silent) when (EngineFaults.IsSilence(silent))
        {
            throw new LabControlException($"The container engine does not answer ({EngineFaults.Words(silent)}).");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new LabControlException($"A client on the lab's network did not end within {Limit.TotalSeconds:0} s.");
        }
        finally
        {
            if (id is not null)
                await RemoveAsync(engine, id);
        }
    }

    internal static ListenerAnswer Read(KafkaBroker broker, IReadOnlyList<string> lines)
    {
        if (lines.FirstOrDefault(l => l.StartsWith(broker.Name + " ", StringComparison.Ordinal)) is not { } line)
            return new(broker.Name, null, $"{broker.Name} was not asked: {(lines.Count == 0 ? "the client wrote nothing" : lines[^1])}");
        string answer = line[(broker.Name.Length + 1)..];
        try
        {
            return answer.Length == 0
                ? new(broker.Name, null, $"{broker.InternalAddress} does not answer")
                : new(broker.Name, BrokerMetadata.Read(Convert.FromHexString(answer)), null);
        }
        catch (Exception broken) when (broken is FormatException or InvalidDataException)
        {
            return new(broker.Name, null, $"{broker.InternalAddress} does not answer as a Kafka broker does");
        }
    }

    private static CreateContainerParameters Request(LabIdentity lab, string network, LabModel model) => new()
    {
        Name = $"{lab.Container(Name)}-{Guid.NewGuid():N}"[..^20],
        Image = model.Options.Kafka.Image,
        // The image's own start script is not wanted, only its network and its shell.
        Entrypoint = ["bash", "-c", Script(model)],
        Cmd = [],
        Labels = lab.Labels(Name),
        HostConfig = new() { NetworkMode = network, Memory = Memory, MemorySwap = Memory, LogConfig = new() { Type = "json-file" } },
    };

    // Kafka's own request, by what every image with bash and coreutils has: no Java process, whose heap would be of the broker's size. Each answer begins with its length.
    private static string Script(LabModel model)
    {
        string question = string.Concat(BrokerMetadata.Question.ToArray().Select(b => "\\x" + b.ToString("x2", CultureInfo.InvariantCulture)));
        string brokers = string.Join(' ', model.Kafka.Brokers.Select(b => b.Name));
        return $$"""
            ask() {
                exec 3<> "/dev/tcp/$1/{{InternalPort}}" || return
                printf '{{question}}' >&3
                size=$(head -c 4 <&3 | od -An -v -t u1) && set -- $size && [ $# -eq 4 ] || return
                head -c $(( ($1 << 24) + ($2 << 16) + ($3 << 8) + $4 )) <&3 | od -An -v -t x1 | tr -d ' \n'
            }
            export -f ask
            for broker in {{brokers}}; do
                echo "$broker $(timeout 3 bash -c "ask $broker" 2> /dev/null)" &
            done
            wait
            """.ReplaceLineEndings("\n");
    }

    private static async Task RemoveAsync(ContainerEngine engine, string id)
    {
        try
        {
            await engine.RemoveAsync(id, CancellationToken.None);
        }
        catch (Exception gone) when (gone is DockerApiException || EngineFaults.IsSilence(gone))
        {
            // It carries the lab's label: the lab's end removes it, or its next start.
        }
    }
}
